using System.Globalization;
using System.Text;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>
/// What this process is about to use, told to garbage collectors in Nix's way: a locked file that is called by the
/// process id and lists store paths. One a process and store; gone with the last store that shares it.
/// </summary>
internal sealed class TemporaryRoots : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, TemporaryRoots> ByFolder = [];

    private readonly StoreLayout _layout;
    private readonly FileLock _file;
    private readonly HashSet<StorePath> _paths = [];
    private int _users;

    private TemporaryRoots(StoreLayout layout)
    {
        _layout = layout;
        var file = Path.Combine(layout.TemporaryRoots, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

        // No other process has this id, so what is there is left over from one that is gone.
        File.Delete(file);
        _file = FileLock.TryAcquire(file, FileLockMode.Exclusive)
            ?? throw new NixStoreException(NixErrorCodes.StoreLocked, $"{file} is locked by another process. See who holds it with 'fuser'.");
    }

    public static TemporaryRoots Open(StoreLayout layout)
    {
        lock (Gate)
        {
            if (!ByFolder.TryGetValue(layout.TemporaryRoots, out var roots))
            {
                roots = new TemporaryRoots(layout);
                ByFolder.Add(layout.TemporaryRoots, roots);
            }

            roots._users++;
            return roots;
        }
    }

    /// <summary>Keeps <paramref name="path"/> from being collected until this is disposed. Waits for a collection that is running.</summary>
    public async Task AddAsync(StorePath path, CancellationToken cancellationToken)
    {
        using var collector = await FileLock.AcquireAsync(_layout.GcLock, FileLockMode.Shared, cancellationToken: cancellationToken).ConfigureAwait(false);
        lock (Gate)
        {
            if (_paths.Add(path))
            {
                _file.Append(Encoding.UTF8.GetBytes($"{path}\0"));
            }
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (--_users == 0)
            {
                ByFolder.Remove(_layout.TemporaryRoots);
                _file.DeleteAndDispose();
            }
        }
    }
}
