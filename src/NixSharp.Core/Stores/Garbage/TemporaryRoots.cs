using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Garbage;

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

    /// <summary>
    /// Keeps <paramref name="path"/> from being collected until this is disposed. A collection that is running is told of it,
    /// and has, if it was about to delete the path, deleted it then.
    /// </summary>
    public Task AddAsync(StorePath path, CancellationToken cancellationToken) => AddAsync([path], cancellationToken);

    /// <summary>Keeps several paths, as <see cref="AddAsync(StorePath, CancellationToken)"/> does each.</summary>
    public async Task AddAsync(IEnumerable<StorePath> paths, CancellationToken cancellationToken)
    {
        IReadOnlyCollection<StorePath> held = [.. paths];
        foreach (var path in held)
        {
            Hold(path);
        }

        // A collection that began before has read the list already. Either there is none, or it is told.
        for (var delay = 1; ; delay = Math.Min(delay * 2, 100))
        {
            if (FileLock.TryAcquire(_layout.GcLock, FileLockMode.Shared) is { } idle)
            {
                idle.Dispose();
                return;
            }

            if (await RootClient.TryKeepAsync(_layout, held, cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            await Task.Delay(delay, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps <paramref name="path"/> as <see cref="AddAsync(StorePath, CancellationToken)"/> does, but only for collections that begin later.</summary>
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
            else if (FileLock.TryAcquire(_layout.GcLock, FileLockMode.Shared) is { } idle)
            {
                using (idle)
                {
                    _file.RemoveUnheld();
                }
            }
        }
    }
}
