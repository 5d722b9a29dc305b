using System.Runtime.InteropServices;

namespace NixSharp.Native;

internal static partial class LibC
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int SymlinkNoFollow = 0x100;
    public const int RemoveDirectory = 0x200;
    public const int EmptyPath = 0x1000;

    public const int LockShared = 1;
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;

    public const int RenameNoReplace = 1;
    public const int RenameExchange = 2;

    /// <summary>The mask of what every caller of <c>statx</c> needs: type, mode, links, inode, size, blocks.</summary>
    public const uint StatusBasics = 0x7ff;

    private static readonly bool HasArmFlags =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Ppc64le;

    /// <summary><c>O_DIRECTORY</c>, whose value depends on the processor.</summary>
    public static readonly int Directory = HasArmFlags ? 0x4000 : 0x10000;

    /// <summary><c>O_NOFOLLOW</c>, whose value depends on the processor.</summary>
    public static readonly int NoFollow = HasArmFlags ? 0x8000 : 0x20000;

    /// <summary><c>FICLONE</c>.</summary>
    public static readonly nuint CloneFile =
        RuntimeInformation.ProcessArchitecture == Architecture.Ppc64le ? 0x80049409 : 0x40049409;
}
