using System.Runtime.InteropServices;

namespace NixSharp.Native;

/// <summary>Calls that not every C library on Linux has a function for.</summary>
internal static partial class LibC
{
    private static readonly SystemCallNumbers Numbers = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => new(GetDirectoryEntries: 217, Rename: 316, CopyFileRange: 326),
        Architecture.S390x => new(GetDirectoryEntries: 220, Rename: 347, CopyFileRange: 375),
        Architecture.Ppc64le => new(GetDirectoryEntries: 202, Rename: 357, CopyFileRange: 379),
        _ => new(GetDirectoryEntries: 61, Rename: 276, CopyFileRange: 285),
    };

    /// <summary><c>getdents64</c>: fills <paramref name="buffer"/> with entries; 0 at the end.</summary>
    public static int GetDirectoryEntries(int folder, Span<byte> buffer) =>
        (int)SystemCall(Numbers.GetDirectoryEntries, folder, buffer, buffer.Length);

    /// <summary><c>renameat2</c>.</summary>
    public static int RenameAt(int folder, ReadOnlySpan<byte> name, int newFolder, ReadOnlySpan<byte> newName, int flags) =>
        (int)SystemCall(Numbers.Rename, folder, name, newFolder, newName, flags);

    /// <summary><c>copy_file_range</c> from where <paramref name="source"/> stands to where <paramref name="target"/> does.</summary>
    public static nint CopyFileRange(int source, int target, nint count) =>
        SystemCall(Numbers.CopyFileRange, source, 0, target, 0, count, 0);

    private readonly record struct SystemCallNumbers(nint GetDirectoryEntries, nint Rename, nint CopyFileRange);
}
