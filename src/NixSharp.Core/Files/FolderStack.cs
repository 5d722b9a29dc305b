using System.Runtime.InteropServices;
using System.Text;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>
/// The open folders from a root down to where a walk stands. Only the lowest few descriptors are kept, so that a
/// tree may be deeper than the number of files that a process may open; one that was closed is found again through
/// <c>..</c> and checked to be the same folder.
/// </summary>
internal sealed class FolderStack(string rootPath) : IDisposable
{
    private const int MaxOpen = 128;

    private static readonly byte[] Parent = [(byte)'.', (byte)'.', 0];
    private static readonly byte[] Itself = [0];

    private readonly List<Level> _levels = [];
    private byte[] _names = new byte[256];
    private int _namesLength;
    private int _firstOpen;

    /// <summary>The path that messages begin with.</summary>
    public string RootPath { get; set; } = rootPath;

    public int Depth => _levels.Count;

    /// <summary>The descriptor of the folder that the walk is in.</summary>
    public int Top => _levels[^1].Descriptor;

    /// <summary>Opens the root by its path, or a folder of the current one by its name; both end in NUL.</summary>
    /// <param name="name">The path or name.</param>
    /// <param name="rootFolder">The folder that the root's path starts from.</param>
    /// <returns>0, or the error number.</returns>
    public int TryPush(ReadOnlySpan<byte> name, int rootFolder = LibC.CurrentFolder)
    {
        var descriptor = LibC.OpenAt(
            _levels.Count == 0 ? rootFolder : Top,
            name,
            LibC.ReadOnly | LibC.Directory | LibC.NoFollow | LibC.CloseOnExec,
            0);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        Push(descriptor, name[..^1]);
        return 0;
    }

    /// <summary>Goes into a folder that is open already, which this stack closes.</summary>
    public void Push(int descriptor, ReadOnlySpan<byte> name)
    {
        _levels.Add(new Level { Descriptor = descriptor, NamesLength = _namesLength });
        if (_levels.Count > 1)
        {
            AppendName(name);
        }

        if (_levels.Count - _firstOpen > MaxOpen)
        {
            CloseHighest();
        }
    }

    /// <summary>Leaves the current folder.</summary>
    /// <exception cref="NixFileException">The folder above is another one now.</exception>
    public void Pop()
    {
        var left = _levels[^1];
        if (_levels.Count > 1 && _levels.Count - 2 < _firstOpen)
        {
            ReopenParent(left.Descriptor);
        }

        _levels.RemoveAt(_levels.Count - 1);
        _namesLength = left.NamesLength;
        LibC.Close(left.Descriptor);
    }

    /// <summary>The path of <paramref name="name"/> in the current folder, or of that folder; for messages.</summary>
    public string Describe(ReadOnlySpan<byte> name)
    {
        var path = RootPath + FileNames.Display(_names.AsSpan(0, _namesLength));
        return name.IsEmpty ? path : $"{path}/{FileNames.Display(name)}";
    }

    /// <summary>The full path of a name in the current folder; both end in NUL.</summary>
    public byte[] FullPath(ReadOnlySpan<byte> terminatedName)
    {
        var root = Encoding.UTF8.GetByteCount(RootPath);
        var path = new byte[root + _namesLength + 1 + terminatedName.Length];
        Encoding.UTF8.GetBytes(RootPath, path);
        _names.AsSpan(0, _namesLength).CopyTo(path.AsSpan(root));
        path[root + _namesLength] = (byte)'/';
        terminatedName.CopyTo(path.AsSpan(root + _namesLength + 1));
        return path;
    }

    public void Dispose()
    {
        for (var index = _firstOpen; index < _levels.Count; index++)
        {
            LibC.Close(_levels[index].Descriptor);
        }

        _levels.Clear();
        _firstOpen = 0;
    }

    private void AppendName(ReadOnlySpan<byte> name)
    {
        var length = _namesLength + 1 + name.Length;
        if (length > _names.Length)
        {
            Array.Resize(ref _names, Math.Max(length, _names.Length * 2));
        }

        _names[_namesLength] = (byte)'/';
        name.CopyTo(_names.AsSpan(_namesLength + 1));
        _namesLength = length;
    }

    private void CloseHighest()
    {
        var level = _levels[_firstOpen];
        level.Identity = Identify(level.Descriptor);
        LibC.Close(level.Descriptor);
        _levels[_firstOpen++] = level;
    }

    private void ReopenParent(int descriptor)
    {
        var index = _levels.Count - 2;
        var level = _levels[index];
        level.Descriptor = LibC.OpenAt(descriptor, Parent, LibC.ReadOnly | LibC.Directory | LibC.CloseOnExec, 0);
        if (level.Descriptor < 0)
        {
            throw FileErrors.Reading(Describe([]) + "/..", Marshal.GetLastPInvokeError());
        }

        _levels[index] = level;
        _firstOpen = index;
        if (Identify(level.Descriptor) != level.Identity)
        {
            throw FileErrors.Changed(Describe([]), "it was moved to another folder");
        }
    }

    private FileIdentity Identify(int descriptor) =>
        LibC.StatX(descriptor, Itself, LibC.EmptyPath, LibC.StatusBasics, out var status) == 0
            ? status.Identity
            : throw FileErrors.Reading(Describe([]), Marshal.GetLastPInvokeError());

    private struct Level
    {
        public int Descriptor;
        public int NamesLength;
        public FileIdentity Identity;
    }
}
