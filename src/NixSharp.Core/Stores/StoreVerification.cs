using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using NixSharp.Files;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores.Database;

namespace NixSharp.Stores;

/// <summary>Compares the valid paths of a store with what is on disk.</summary>
internal sealed class StoreVerification(StoreLayout layout, StoreDatabase database, VerifyOptions options)
{
    private readonly ConcurrentQueue<StoreProblem> _problems = new();
    private long _done;

    /// <summary>Looks at all paths.</summary>
    /// <returns>What is wrong, by path.</returns>
    public IReadOnlyList<StoreProblem> Run(IReadOnlyCollection<PathInfo> infos, CancellationToken cancellationToken)
    {
        var total = options.CheckContents ? infos.Sum(static info => info.NarSize) : infos.Count;
        var present = Directory.EnumerateFileSystemEntries(layout.RealStore, "*", new EnumerationOptions { AttributesToSkip = 0 }).Select(static entry => Path.GetFileName(entry)).ToHashSet();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };

        // The largest first, so that no thread is left alone with it in the end.
        var order = Partitioner.Create(infos.OrderByDescending(static info => info.NarSize), EnumerablePartitionerOptions.NoBuffering);
        try
        {
            Parallel.ForEach(order, parallel, Check);
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }

        foreach (var (path, what) in database.FindDamage())
        {
            _problems.Enqueue(new StoreProblem(path, what));
        }

        return [.. _problems.OrderBy(static problem => problem.Path?.BaseName, StringComparer.Ordinal)];

        void Check(PathInfo info)
        {
            if (!present.Contains(info.Path.BaseName))
            {
                Tell(info.Path, $"its files are gone: there is nothing at {layout.RealPathOf(info.Path)}");
            }
            else if (options.CheckContents)
            {
                CheckContents(info, cancellationToken);
            }

            var done = Interlocked.Add(ref _done, options.CheckContents ? info.NarSize : 1);
            options.Progress?.Report(new NixProgress("verifying", info.Path.ToString(), done, total, options.CheckContents ? ProgressUnit.Bytes : ProgressUnit.Items));
        }
    }

    private void CheckContents(PathInfo info, CancellationToken cancellationToken)
    {
        try
        {
            using var digest = DigestStream.Create(info.NarSize, null, cancellationToken);
            using (var writer = new NarWriter(digest))
            {
                FileTree.Read(layout.RealPathOf(info.Path), writer, cancellationToken);
            }

            var found = digest.Complete();
            if (found != info.NarHash)
            {
                Tell(info.Path, $"its files were changed: their hash is {found} instead of {info.NarHash}");
            }
            else if (digest.Size != info.NarSize && info.NarSize != 0)
            {
                Tell(info.Path, $"its NAR has {digest.Size} bytes, and the database says {info.NarSize}");
            }
        }
        catch (NixFileException error)
        {
            Tell(info.Path, $"its files cannot be read: {error.Message}");
        }
    }

    /// <summary>Tells of a path, unless it was deleted meanwhile.</summary>
    private void Tell(StorePath path, string what)
    {
        if (database.IsValid(path))
        {
            _problems.Enqueue(new StoreProblem(path, what));
        }
    }
}
