using System.Runtime.InteropServices;

namespace NixSharp.Native;

/// <summary><c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int Descriptor;
    public short Events;
    public short Returned;
}
