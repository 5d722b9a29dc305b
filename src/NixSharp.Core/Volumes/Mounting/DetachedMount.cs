using System.Runtime.InteropServices;
using System.Text;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes.Mounting;

/// <summary>
/// A mount that is nowhere yet: it gets its attributes and what belongs inside it before anybody sees it. Gone with
/// this object, unless it was attached.
/// </summary>
internal sealed class DetachedMount : IDisposable
{
    private static readonly byte[] Itself = [0];

    private readonly FileDescriptor _mount;
    private readonly string _target;

    private DetachedMount(FileDescriptor mount, string target)
    {
        _mount = mount;
        _target = target;
    }

    /// <summary>
    /// A mount of what is at <paramref name="source"/>, without what is mounted in it, in which neither set-user-id bits
    /// nor devices count.
    /// </summary>
    /// <param name="source">A folder or file.</param>
    /// <param name="target">Where the mount will be, for messages.</param>
    /// <param name="readOnly">Whether nothing can be written through it.</param>
    public static DetachedMount Of(string source, string target, bool readOnly)
    {
        var number = LibC.OpenTree(LibC.CurrentFolder, FileNames.Terminate(source), LibC.OpenTreeClone | LibC.SymlinkNoFollow);
        if (number < 0)
        {
            throw MountErrors.Failed(source, target, Marshal.GetLastPInvokeError());
        }

        var mount = new DetachedMount(new FileDescriptor(number), target);
        var attributes = MountAttributes.NoSetUserId | MountAttributes.NoDevices | (readOnly ? MountAttributes.ReadOnly : 0);

        // Private too: what is moved into a mount that is shared with the source would appear in the source.
        if (LibC.SetMountAttributes(number, Itself, LibC.EmptyPath, new MountAttributes(attributes)) != 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            mount.Dispose();
            throw MountErrors.Failed(source, target, errno);
        }

        return mount;
    }

    /// <summary>A mount of a new file system.</summary>
    /// <param name="type">Its type, such as <c>tmpfs</c>.</param>
    /// <param name="options">Its options; those that are on or off have no value.</param>
    /// <param name="target">Where the mount will be, for messages.</param>
    public static DetachedMount Create(string type, IEnumerable<(string Name, string? Value)> options, string target)
    {
        using var context = new FileDescriptor(LibC.OpenFileSystem(FileNames.Terminate(type)));
        if (context.IsInvalid)
        {
            throw MountErrors.Failed($"a file system of type {type}", target, Marshal.GetLastPInvokeError());
        }

        foreach (var (name, value) in options)
        {
            ReadOnlySpan<byte> text = value is null ? default : FileNames.Terminate(value);
            if (LibC.ConfigureFileSystem(context.Number, value is null ? LibC.SetFlag : LibC.SetString, FileNames.Terminate(name), text) != 0)
            {
                throw Refused(type, context, target);
            }
        }

        if (LibC.ConfigureFileSystem(context.Number, LibC.CreateFileSystem, [], []) != 0)
        {
            throw Refused(type, context, target);
        }

        var mount = LibC.CreateMount(context.Number, MountAttributes.NoSetUserId | MountAttributes.NoDevices);
        return mount < 0 ? throw Refused(type, context, target) : new DetachedMount(new FileDescriptor(mount), target);
    }

    /// <summary>Moves another mount into this one.</summary>
    /// <param name="inner">The other.</param>
    /// <param name="relative">A folder or file in this mount, as the other's is.</param>
    /// <returns>False where this one has to be attached first.</returns>
    public bool TryMoveIn(DetachedMount inner, string relative)
    {
        if (LibC.MoveMount(inner._mount.Number, Itself, _mount.Number, FileNames.Terminate(relative), LibC.MoveMountFromEmptyPath) == 0)
        {
            return true;
        }

        var errno = Marshal.GetLastPInvokeError();
        return errno == Errno.InvalidArgument ? false : throw MountErrors.Failed(relative, _target, errno);
    }

    /// <summary>Puts the mount, with all that is in it, where it belongs.</summary>
    public void Attach()
    {
        if (LibC.MoveMount(_mount.Number, Itself, LibC.CurrentFolder, FileNames.Terminate(_target), LibC.MoveMountFromEmptyPath) != 0)
        {
            throw MountErrors.Failed("the volume", _target, Marshal.GetLastPInvokeError());
        }
    }

    public void Dispose() => _mount.Dispose();

    /// <summary>An error with what the file system itself said, which the kernel gives line by line.</summary>
    private static VolumeException Refused(string type, FileDescriptor context, string target)
    {
        var errno = Marshal.GetLastPInvokeError();
        var line = new byte[512];
        var length = (int)LibC.Read(context.Number, line, line.Length);
        var said = length > 2 ? FileNames.Display(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line, 2, length - 2).Trim())) : null;
        return MountErrors.Failed($"a file system of type {type}", target, errno, said);
    }
}
