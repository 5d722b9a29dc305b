using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NixSharp.Native;

/// <summary>liblzma's <c>lzma_mt</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LzmaThreads
{
    public uint Flags;
    public uint Threads;
    public ulong BlockSize;
    public uint Timeout;
    public uint Preset;
    public nint Filters;
    public int Check;
    private readonly ReservedNumbers _numbers;
    private readonly ReservedWords _words;

    [InlineArray(7)]
    private struct ReservedNumbers
    {
        private uint _first;
    }

    [InlineArray(8)]
    private struct ReservedWords
    {
        private ulong _first;
    }
}
