using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>What one open store is about to use, told to garbage collectors in Nix's way, until it is closed.</summary>
internal sealed class TemporaryRoots : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, TemporaryRootsFile> ByFolder = [];

    private readonly StoreLayout _layout;
    private readonly TemporaryRootsFile _file;
    private readonly HashSet<StorePath> _paths = [];
    private bool _disposed;

    private TemporaryRoots(StoreLayout layout, TemporaryRootsFile file)
    {
        _layout = layout;
        _file = file;
    }

    public static TemporaryRoots Open(StoreLayout layout)
    {
        lock (Gate)
        {
            if (!ByFolder.TryGetValue(layout.TemporaryRoots, out var file))
            {
                file = new TemporaryRootsFile(layout.TemporaryRoots);
                ByFolder.Add(layout.TemporaryRoots, file);
            }

            file.Users++;
            return new TemporaryRoots(layout, file);
        }
    }

    /// <summary>Keeps <paramref name="path"/> from being collected until this is disposed. Waits for a collection that is running.</summary>
    public async Task AddAsync(StorePath path, CancellationToken cancellationToken)
    {
        using var collector = await FileLock.AcquireAsync(_layout.GcLock, FileLockMode.Shared, cancellationToken: cancellationToken).ConfigureAwait(false);
        Hold(path);
    }

    /// <summary>Keeps several paths, as <see cref="AddAsync(StorePath, CancellationToken)"/> does each.</summary>
    public async Task AddAsync(IEnumerable<StorePath> paths, CancellationToken cancellationToken)
    {
        using var collector = await FileLock.AcquireAsync(_layout.GcLock, FileLockMode.Shared, cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (var path in paths)
        {
            Hold(path);
        }
    }

    /// <summary>Keeps <paramref name="path"/> as <see cref="AddAsync(StorePath, CancellationToken)"/> does; the caller has the collector's lock.</summary>
    public void Hold(StorePath path)
    {
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_paths.Contains(path))
            {
                _file.Hold(path);
                _paths.Add(path);
            }
        }
    }

    /// <summary>Stops keeping <paramref name="path"/>; the caller has the collector's lock.</summary>
    /// <returns>Whether it was kept.</returns>
    public bool LetGo(StorePath path)
    {
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var held = _paths.Remove(path);
            if (held)
            {
                _file.LetGo(path);
            }

            _file.RemoveUnlessHeld(path);
            return held;
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            foreach (var path in _paths)
            {
                _file.LetGo(path);
            }

            if (--_file.Users == 0)
            {
                ByFolder.Remove(_layout.TemporaryRoots);
                _file.Delete();
            }
        }
    }
}
