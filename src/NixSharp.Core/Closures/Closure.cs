using System.Diagnostics.CodeAnalysis;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Closures;

/// <summary>Some store paths and all that they need, directly or not.</summary>
public sealed class Closure
{
    private readonly Dictionary<StorePath, PathInfo> _byPath;

    private Closure(INixStore store, IReadOnlyList<StorePath> roots, IReadOnlyList<PathInfo> paths)
    {
        Store = store;
        Roots = roots;
        Paths = paths;
        _byPath = paths.ToDictionary(static info => info.Path);
        NarSize = paths.Sum(static info => info.NarSize);
    }

    /// <summary>The store that the paths are in; it must stay open while the closure is used.</summary>
    public INixStore Store { get; }

    /// <summary>The paths that the closure was asked for.</summary>
    public IReadOnlyList<StorePath> Roots { get; }

    /// <summary>Every path, what is referred to before what refers to it; the same order on every machine.</summary>
    public IReadOnlyList<PathInfo> Paths { get; }

    /// <summary>The sum of the sizes of all NARs, in bytes: Nix's closure size.</summary>
    public long NarSize { get; }

    /// <summary>What is known of <paramref name="path"/>.</summary>
    /// <exception cref="KeyNotFoundException">The path is not in the closure.</exception>
    public PathInfo this[StorePath path] => _byPath[path];

    /// <summary>Computes the closure of <paramref name="roots"/>.</summary>
    /// <exception cref="NixStoreException">A path is not valid in the store.</exception>
    public static async Task<Closure> ComputeAsync(
        INixStore store,
        IReadOnlyList<StorePath> roots,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(roots);
        var distinct = roots.Distinct().Order().ToList();
        var paths = await ReferenceWalk.RunAsync(store, distinct, cancellationToken).ConfigureAwait(false);
        return new Closure(store, distinct, paths);
    }

    /// <summary>Whether <paramref name="path"/> is in the closure.</summary>
    public bool Contains(StorePath path) => _byPath.ContainsKey(path);

    /// <summary>What is known of <paramref name="path"/>, if it is in the closure.</summary>
    public bool TryGet(StorePath path, [NotNullWhen(true)] out PathInfo? info) => _byPath.TryGetValue(path, out info);

    /// <summary>Where the files of <paramref name="path"/> are on this machine.</summary>
    /// <exception cref="NixStoreException">The store has no files on this machine.</exception>
    public string GetRealPath(StorePath path) => Store is IFileSystemStore files
        ? files.GetRealPath(path)
        : throw new NixStoreException(
            NixErrorCodes.StoreWithoutFiles,
            $"The files of {path} are not on this machine, because {Store.Uri} keeps none here. Copy the closure into a local store first.");
}
