using NixSharp.Derivations;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Copying;

/// <summary>Copies closures between any two stores.</summary>
public static class StoreCopies
{
    /// <summary>
    /// Copies paths, and by default all that they need, from this store to another: what that lacks, several at a time, what
    /// a path refers to before it. Each becomes valid in the destination once its NAR has arrived with the right hash and
    /// size, and a signature where the destination asks for one. A copy that was stopped goes on where it was, when it is
    /// run again.
    /// </summary>
    /// <param name="source">The store that the paths are valid in.</param>
    /// <param name="destination">The store that they are copied to.</param>
    /// <param name="paths">The paths.</param>
    /// <param name="options">Whether closures are copied, signatures checked, and who is told of progress.</param>
    /// <param name="cancellationToken">Stops the copy; what has become valid stays.</param>
    /// <exception cref="NixStoreException">
    /// A path is not valid in the source, the stores keep their paths in different folders, or the destination refuses a path.
    /// </exception>
    public static async Task<CopyResult> CopyToAsync(
        this INixStore source,
        INixStore destination,
        IReadOnlyCollection<StorePath> paths,
        CopyOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(paths);
        options ??= CopyOptions.Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Jobs, 1);
        RefuseOtherDirectory(source, destination);

        var infos = options.Recursive
            ? await ReferenceWalk.RunAsync(source, [.. paths.Distinct().Order()], cancellationToken).ConfigureAwait(false)
            : ReferenceOrder.Sort(await source.GetPathInfosAsync(paths, cancellationToken).ConfigureAwait(false));
        var missing = await FindMissingAsync(destination, infos, cancellationToken).ConfigureAwait(false);
        if (options is { SubstituteOnDestination: true, DryRun: false } && missing.Count > 0 && destination is IBuildStore builder)
        {
            await SubstituteAsync(builder, missing, cancellationToken).ConfigureAwait(false);
            missing = await FindMissingAsync(destination, missing, cancellationToken).ConfigureAwait(false);
        }

        if (missing.Count > 0 && !options.DryRun)
        {
            var run = new CopyRun(destination, options, missing);
            await run.RunAsync(info => NarSource.From(source, info), cancellationToken).ConfigureAwait(false);
        }

        return new CopyResult(missing, infos.Count - missing.Count);
    }

    /// <summary>Refuses stores whose paths say that they lie in different folders.</summary>
    internal static void RefuseOtherDirectory(INixStore source, INixStore destination)
    {
        if (source.StoreDirectory != destination.StoreDirectory)
        {
            throw new NixStoreException(
                NixErrorCodes.OtherStoreDirectory,
                $"Nothing can be copied from {source.Uri} to {destination.Uri}: the paths of the one lie in {source.StoreDirectory}, those of the other in {destination.StoreDirectory}. Use two stores with the same store directory.");
        }
    }

    private static async Task<IReadOnlyList<PathInfo>> FindMissingAsync(INixStore destination, IReadOnlyList<PathInfo> infos, CancellationToken cancellationToken)
    {
        var valid = await destination.QueryPathInfosAsync([.. infos.Select(static info => info.Path)], cancellationToken).ConfigureAwait(false);
        return [.. infos.Where(info => !valid.ContainsKey(info.Path))];
    }

    private static async Task SubstituteAsync(IBuildStore destination, IReadOnlyList<PathInfo> missing, CancellationToken cancellationToken)
    {
        var asked = missing.Select(static info => (DerivedPath)new DerivedPath.Opaque(info.Path)).ToList();
        var known = (await destination.QueryMissingAsync(asked, cancellationToken: cancellationToken).ConfigureAwait(false)).WillSubstitute.ToHashSet();
        if (known.Count > 0)
        {
            // One that fails all the same is copied then.
            await destination.BuildAsync([.. known.Select(static path => new DerivedPath.Opaque(path))], cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }
}
