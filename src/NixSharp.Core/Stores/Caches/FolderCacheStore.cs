using System.Collections.Concurrent;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Caches;

/// <summary>A binary cache in a folder of this machine, which knows all that it has.</summary>
public sealed partial class FolderCacheStore : BinaryCacheStore, IPathLister, IStoreVerifier
{
    private readonly FolderCacheFiles _folder;

    internal FolderCacheStore(BinaryCacheStoreParts parts, FolderCacheFiles folder)
        : base(parts)
    {
        _folder = folder;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StorePath>> ListAsync(CancellationToken cancellationToken = default)
    {
        var paths = new ConcurrentBag<StorePath>();
        await Parallel.ForEachAsync(
            ListHashParts(),
            cancellationToken,
            async (hashPart, token) =>
            {
                if (await FetchAsync(hashPart, static (_, _) => { }, token).ConfigureAwait(false) is { } info)
                {
                    paths.Add(info.PathInfo.Path);
                }
            }).ConfigureAwait(false);
        return [.. paths.Order()];
    }

    private List<string> ListHashParts() =>
        [.. _folder.ListNarInfos().Select(static name => name[..^NarInfoEnding.Length]).Where(static part => part.Length == StorePath.HashPartLength)];
}
