using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NixSharp.Native;

/// <summary>liblzma's <c>lzma_stream</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LzmaStream
{
    public byte* NextIn;
    public nuint AvailableIn;
    public ulong TotalIn;
    public byte* NextOut;
    public nuint AvailableOut;
    public ulong TotalOut;
    public nint Allocator;
    public nint Internal;
    private readonly Reserved _reserved;

    [InlineArray(9)]
    private struct Reserved
    {
        private ulong _first;
    }
}
