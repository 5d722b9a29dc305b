using NixSharp.Files;

namespace NixSharp.Stores.Garbage;

/// <summary>
/// What was moved aside in the folder of store objects, under names that are no store paths', to be deleted when nobody
/// waits for it.
/// </summary>
internal sealed class StoreTrash(StoreLayout layout)
{
    private readonly List<string> _places = [];
    private long _bytesFreed;

    /// <summary>How many bytes of disk were freed so far.</summary>
    public long BytesFreed => _bytesFreed;

    /// <summary>Frees the place of a store object.</summary>
    public void Move(string name)
    {
        var place = Path.Combine(layout.RealStore, name);
        var aside = Path.Combine(layout.RealStore, $".gc-{Guid.NewGuid():N}");
        try
        {
            FileTree.Rename(place, aside);
        }
        catch (NixFileException) when (!FileTree.Exists(place))
        {
            // It was deleted by hand.
            return;
        }

        _places.Add(aside);
    }

    /// <summary>Takes over what has no store path's name already.</summary>
    public void Add(string name) => _places.Add(Path.Combine(layout.RealStore, name));

    /// <summary>Counts what was freed elsewhere.</summary>
    public void Count(long bytes) => _bytesFreed += bytes;

    /// <summary>Deletes all, on several threads.</summary>
    public void Empty(CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.ForEach(_places, parallel, place => Interlocked.Add(ref _bytesFreed, Delete(place)));
        }
        catch (AggregateException error)
        {
            throw error.InnerExceptions.OfType<NixException>().FirstOrDefault() ?? error.InnerExceptions[0];
        }

        _places.Clear();
    }

    private static long Delete(string place)
    {
        try
        {
            return FileTree.DeleteAndCount(place, CancellationToken.None);
        }
        catch (NixFileException) when (!FileTree.Exists(place))
        {
            // Another collector was faster.
            return 0;
        }
    }
}
