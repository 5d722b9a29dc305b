using System.Runtime.InteropServices;

namespace NixSharp.Native;

/// <summary>The calls that mount by descriptor: Linux 5.2, and 5.12 for attributes. Their numbers are the same on every processor.</summary>
internal static partial class LibC
{
    public const int OpenPath = 0x200000;

    public const int OpenTreeClone = 1;
    public const int Recursive = 0x8000;

    public const int MoveMountFromEmptyPath = 4;
    public const int MoveMountToEmptyPath = 0x40;

    public const int UnmountDetach = 2;
    public const int UnmountNoFollow = 8;

    public const int SetFlag = 0;
    public const int SetString = 1;
    public const int CreateFileSystem = 6;

    private const int OpenTreeNumber = 428;
    private const int MoveMountNumber = 429;
    private const int OpenFileSystemNumber = 430;
    private const int ConfigureFileSystemNumber = 431;
    private const int CreateMountNumber = 432;
    private const int SetMountAttributesNumber = 442;
    private const int CloseDescriptorOnExec = 1;

    /// <summary><c>open_tree</c>: a descriptor of what is mounted at a path, or with <see cref="OpenTreeClone"/> of a mount of it that is nowhere yet.</summary>
    public static int OpenTree(int folder, ReadOnlySpan<byte> path, int flags) =>
        (int)SystemCall(OpenTreeNumber, folder, path, flags | CloseOnExec);

    /// <summary><c>move_mount</c>.</summary>
    public static int MoveMount(int source, ReadOnlySpan<byte> sourcePath, int target, ReadOnlySpan<byte> targetPath, int flags) =>
        (int)SystemCall(MoveMountNumber, source, sourcePath, target, targetPath, flags);

    /// <summary><c>mount_setattr</c>.</summary>
    public static int SetMountAttributes(int folder, ReadOnlySpan<byte> path, int flags, in MountAttributes attributes)
    {
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<MountAttributes>(in attributes));
        return (int)SystemCall(SetMountAttributesNumber, folder, path, flags, bytes, bytes.Length);
    }

    /// <summary><c>fsopen</c>: begins to describe a file system of a type.</summary>
    public static int OpenFileSystem(ReadOnlySpan<byte> type) => (int)SystemCall(OpenFileSystemNumber, type, CloseDescriptorOnExec);

    /// <summary><c>fsconfig</c>.</summary>
    public static int ConfigureFileSystem(int context, int command, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        (int)SystemCall(ConfigureFileSystemNumber, context, command, key, value, 0);

    /// <summary><c>fsmount</c>: a mount of the file system that is nowhere yet.</summary>
    public static int CreateMount(int context, ulong attributes) =>
        (int)SystemCall(CreateMountNumber, context, CloseDescriptorOnExec, (nint)attributes, 0, 0, 0);
}
