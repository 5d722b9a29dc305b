using System.Globalization;
using System.Text;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Garbage;

/// <summary>
/// The locked file that is called by the process id and lists store paths, each ended by NUL. One a process and store,
/// gone with the last user. Not safe for several threads by itself: <see cref="TemporaryRoots"/> takes turns.
/// </summary>
internal sealed class TemporaryRootsFile(string folder)
{
    private readonly Dictionary<StorePath, int> _holders = [];
    private readonly HashSet<StorePath> _listed = [];
    private FileLock? _file;

    /// <summary>How many <see cref="TemporaryRoots"/> share the file.</summary>
    public int Users { get; set; }

    /// <summary>Lists a path for one more holder.</summary>
    public void Hold(StorePath path)
    {
        _holders[path] = _holders.GetValueOrDefault(path) + 1;
        try
        {
            List(path);
        }
        catch
        {
            // A line that was written in part would spoil the next one.
            LetGo(path);
            Rewrite();
            throw;
        }
    }

    /// <summary>Counts one holder less; the path stays listed until <see cref="RemoveUnlessHeld"/>.</summary>
    public void LetGo(StorePath path)
    {
        if (--_holders[path] == 0)
        {
            _holders.Remove(path);
        }
    }

    /// <summary>Takes a path off the list that nobody holds. No collector may be at work meanwhile.</summary>
    public void RemoveUnlessHeld(StorePath path)
    {
        if (_listed.Contains(path) && !_holders.ContainsKey(path))
        {
            Rewrite();
        }
    }

    /// <summary>Takes all paths off the list that nobody holds. No collector may be at work meanwhile.</summary>
    public void RemoveUnheld()
    {
        if (_listed.Count > _holders.Count)
        {
            Rewrite();
        }
    }

    /// <summary>Deletes the file.</summary>
    public void Delete()
    {
        var file = _file;
        _file = null;
        _listed.Clear();
        file?.DeleteAndDispose();
    }

    private void Rewrite()
    {
        Delete();
        foreach (var path in _holders.Keys)
        {
            List(path);
        }
    }

    private void List(StorePath path)
    {
        if (!_listed.Contains(path))
        {
            _file ??= Take();
            _file.Append(Encoding.UTF8.GetBytes($"{path}\0"));
            _listed.Add(path);
        }
    }

    private FileLock Take()
    {
        var process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        for (var number = 0; ; number++)
        {
            // A container's processes may have the ids of another's that share the store.
            var path = Path.Combine(folder, number == 0 ? process : $"{process}-{number}");
            while (FileLock.TryAcquire(path, FileLockMode.Exclusive) is { } file)
            {
                if (new FileInfo(path).Length == 0)
                {
                    return file;
                }

                // Left over from a process that is gone.
                file.DeleteAndDispose();
            }
        }
    }
}
