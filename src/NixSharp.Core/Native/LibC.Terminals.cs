using System.Runtime.InteropServices;

namespace NixSharp.Native;

/// <summary>Pseudo-terminals, and waiting for what comes out of them.</summary>
internal static partial class LibC
{
    public const int NoControllingTerminal = 0x100;

    /// <summary>What <c>poll</c> is asked for: something to read.</summary>
    public const short PollIn = 1;

    /// <summary>More bytes than any C library's <c>struct termios</c> has.</summary>
    public const int TerminalAttributesSize = 256;

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    public static partial int OpenTerminal(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    public static partial int GrantTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    public static partial int UnlockTerminal(int descriptor);

    /// <summary>Returns 0, or an error number.</summary>
    [LibraryImport("libc", EntryPoint = "ptsname_r")]
    public static partial int TerminalName(int descriptor, Span<byte> name, nint size);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetTerminalAttributes(int descriptor, Span<byte> attributes);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    public static partial void MakeRaw(Span<byte> attributes);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetTerminalAttributes(int descriptor, int when, ReadOnlySpan<byte> attributes);

    /// <summary><c>poll</c> on one descriptor; 0 where <paramref name="timeout"/> milliseconds passed first.</summary>
    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref PollEntry entry, nuint count, int timeout);

    /// <summary><c>personality</c> of the calling thread; returns the one before.</summary>
    [LibraryImport("libc", EntryPoint = "personality", SetLastError = true)]
    public static partial int Personality(nuint persona);
}
