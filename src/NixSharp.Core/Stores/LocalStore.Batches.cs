using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    // So many paths are synced and registered at once; each takes a lock file meanwhile.
    private const int MaxBatch = 512;

    // NARs up to this size are received whole before they are unpacked.
    private const int SmallNar = 64 * 1024;

    /// <summary>
    /// Takes several objects in: those that lie on this machine as files are copied without a detour over their NARs, all are
    /// synced together, and become valid in one transaction.
    /// </summary>
    /// <inheritdoc cref="INarAdder.AddNarsAsync"/>
    public async Task AddNarsAsync(IReadOnlyList<NarSource> nars, AddNarOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nars);
        options ??= AddNarOptions.Default;
        foreach (var batch in nars.Chunk(MaxBatch))
        {
            await RunAsync(() => AddBatchAsync(batch, options, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<int> AddBatchAsync(IReadOnlyList<NarSource> nars, AddNarOptions options, CancellationToken cancellationToken)
    {
        var roots = IsReadOnly ? null : OpenTemporaryRoots();
        if (roots is not null)
        {
            await roots.AddAsync(nars.Select(static nar => nar.Info.Path), cancellationToken).ConfigureAwait(false);
        }

        var present = options.Repair ? [] : FindPresent(nars.Select(static nar => nar.Info.Path));
        var wanted = nars.Where(nar => !present.Contains(nar.Info.Path)).DistinctBy(static nar => nar.Info.Path).ToList();
        if (wanted.Count == 0)
        {
            return 0;
        }

        RefuseIfReadOnly();
        var staged = wanted.Select(nar => new StagedNar(nar, NewStagingPath())).ToList();
        await roots!.AddAsync(staged.Select(static item => item.Place), cancellationToken).ConfigureAwait(false);
        try
        {
            var failure = await StageAsync(staged, options, cancellationToken).ConfigureAwait(false);
            var whole = staged.TakeWhile(static item => item.IsWhole).ToList();
            if (whole.Count > 0)
            {
                await PlaceAsync(whole, options, cancellationToken).ConfigureAwait(false);
            }

            failure?.Throw();
            return whole.Count;
        }
        finally
        {
            foreach (var item in staged)
            {
                FileTree.Delete(GetRealPath(item.Place), CancellationToken.None);
            }
        }
    }

    /// <summary>Writes the files beside their places, on several threads. What comes after one that fails need not be whole.</summary>
    private async Task<ExceptionDispatchInfo?> StageAsync(IReadOnlyList<StagedNar> staged, AddNarOptions options, CancellationToken cancellationToken)
    {
        var failed = (Index: int.MaxValue, Error: (ExceptionDispatchInfo?)null);
        var gate = new Lock();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, staged.Count), parallel, async (index, token) =>
        {
            if (index > Volatile.Read(ref failed.Index))
            {
                return;
            }

            try
            {
                RefuseUnlessTrusted(staged[index].Nar.Info, options);
                await StageAsync(staged[index].Nar, GetRealPath(staged[index].Place), token).ConfigureAwait(false);
                staged[index].IsWhole = true;
            }
            catch (Exception error) when (!token.IsCancellationRequested)
            {
                lock (gate)
                {
                    if (index < failed.Index)
                    {
                        failed = (index, ExceptionDispatchInfo.Capture(error));
                    }
                }
            }
        }).ConfigureAwait(false);
        return failed.Error;
    }

    private static async Task StageAsync(NarSource nar, string target, CancellationToken cancellationToken)
    {
        var info = nar.Info;
        if (nar.Files is { } files)
        {
            NarStaging.Copy(info, files, target, nar.Progress, cancellationToken);
        }
        else if (info.NarSize <= SmallNar)
        {
            // Two sides at once would cost more than they save.
            using var received = new MemoryStream();
            var counted = new CountedStream(received, size => RefuseIfLonger(info, size));
            await using (counted.ConfigureAwait(false))
            {
                await nar.WriteNarAsync(counted, cancellationToken).ConfigureAwait(false);
            }

            received.Position = 0;
            NarStaging.Unpack(info, received, target, cancellationToken);
        }
        else
        {
            await NarPipe.RunAsync(
                nar.WriteNarAsync,
                (stream, token) => Task.Run(() => NarStaging.Unpack(info, stream, target, token), token),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private static void RefuseIfLonger(PathInfo info, long size)
    {
        if (size > info.NarSize)
        {
            throw NarStaging.Differs(info, $"it is longer than {info.NarSize} bytes");
        }
    }

    private async Task PlaceAsync(IReadOnlyList<StagedNar> staged, AddNarOptions options, CancellationToken cancellationToken)
    {
        var locks = new List<FileLock>(staged.Count);
        try
        {
            // In one order, so that two who add the same paths never wait for each other.
            foreach (var item in staged.OrderBy(static item => item.Nar.Info.Path))
            {
                locks.Add(await LockAsync(item.Nar.Info.Path, cancellationToken).ConfigureAwait(false));
            }

            var present = options.Repair ? [] : FindPresent(staged.Select(static item => item.Nar.Info.Path));
            var missing = staged.Where(item => !present.Contains(item.Nar.Info.Path)).ToList();
            if (missing.Count > 0)
            {
                Publish([.. missing.Select(item => new StagedPath(item.Nar.Info with { RegistrationTime = DateTimeOffset.UtcNow, Ultimate = item.Nar.Info.Ultimate && !options.CheckSignatures }, GetRealPath(item.Place)))]);
            }
        }
        finally
        {
            foreach (var held in locks)
            {
                held.DeleteAndDispose();
            }
        }
    }

    /// <summary>Those of some paths that are valid and whose files are there.</summary>
    private HashSet<StorePath> FindPresent(IEnumerable<StorePath> paths) =>
        [.. _database.Query([.. paths]).Keys.Where(path => FileTree.Exists(GetRealPath(path)))];

    /// <summary>A name that could be a store path's, so that Nix's collector spares it as a temporary root and removes it should this process be killed.</summary>
    private StorePath NewStagingPath() => StorePath.ParseBaseName($"{Nix32.Encode(RandomNumberGenerator.GetBytes(20))}-staging", StoreDirectory);

    private sealed class StagedNar(NarSource nar, StorePath place)
    {
        public NarSource Nar { get; } = nar;

        public StorePath Place { get; } = place;

        public bool IsWhole { get; set; }
    }
}
