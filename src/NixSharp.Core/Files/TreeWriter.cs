using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>
/// Writes a tree to disk, at a path where nothing is yet. Names come from strangers: each is checked, and nothing
/// is followed or written over, so that nothing leaves the root. What was written stays if it is given up half-way.
/// </summary>
public sealed class TreeWriter : IFileTreeSink, IDisposable
{
    private readonly ITreeTarget _target;
    private readonly string _path;
    private int _depth;
    private bool _hasRoot;

    /// <summary>Writes to <paramref name="path"/>, in a folder that exists; by default with <see cref="TreeWriterOptions.Ordinary"/>.</summary>
    public TreeWriter(string path, TreeWriterOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= TreeWriterOptions.Ordinary;
        _path = FileTree.ToFullPath(path);
        _target = LibC.IsAvailable && !options.UseManagedCalls
            ? new LinuxTreeTarget(_path, options)
            : new ManagedTreeTarget(_path, options);
    }

    /// <summary>Whether the root and all that is in it has been written.</summary>
    public bool IsComplete => _hasRoot && _depth == 0;

    /// <inheritdoc/>
    /// <exception cref="NixFileException">The name is not allowed, or the folder cannot be made.</exception>
    public void BeginDirectory(ReadOnlySpan<byte> name)
    {
        CheckPlace(name);
        _target.BeginDirectory(name);
        _depth++;
    }

    /// <inheritdoc/>
    public void EndDirectory()
    {
        if (_depth == 0)
        {
            throw new InvalidOperationException("There is no folder to close.");
        }

        _target.EndDirectory();
        _depth--;
    }

    /// <inheritdoc/>
    /// <exception cref="NixFileException">The name is not allowed, the contents end early, or the file cannot be written.</exception>
    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
    {
        ArgumentNullException.ThrowIfNull(contents);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        CheckPlace(name);
        _target.AddFile(name, executable, size, contents);
    }

    /// <inheritdoc/>
    /// <exception cref="NixFileException">The name or target is not allowed, or the symlink cannot be made.</exception>
    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        CheckPlace(name);
        if (FileNames.WhyNotTarget(target) is { } why)
        {
            throw Refuse($"the target of '{FileNames.Display(name)}'", why);
        }

        _target.AddSymlink(name, target);
    }

    /// <summary>Closes what is open.</summary>
    public void Dispose() => _target.Dispose();

    private void CheckPlace(ReadOnlySpan<byte> name)
    {
        if (_depth == 0)
        {
            if (_hasRoot)
            {
                throw new InvalidOperationException("A tree has one root.");
            }

            _hasRoot = true;
        }
        else if (FileNames.WhyNotName(name) is { } why)
        {
            throw Refuse($"the name '{FileNames.Display(name)}'", why);
        }
    }

    private NixFileException Refuse(string what, string why) => new(
        NixErrorCodes.InvalidFileName,
        $"In the tree for {_path}, {what} is not allowed: {why}. The tree was made by a faulty or hostile program; get it again from a source that you trust.",
        _path);
}
