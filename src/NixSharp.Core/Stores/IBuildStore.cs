using NixSharp.Derivations;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>A store that builds derivations.</summary>
public interface IBuildStore
{
    /// <summary>Realises derived paths: outputs that are not there are fetched or built, and all that they need before.</summary>
    /// <returns>A result for each path, in the order given. A build that fails is a result, not an exception.</returns>
    Task<IReadOnlyList<BuildResult>> BuildAsync(IReadOnlyList<DerivedPath> paths, BuildOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Builds a derivation that need not be in the store itself; what it needs must be.</summary>
    /// <param name="path">The store path that the derivation has, or would have.</param>
    /// <param name="derivation">The derivation, with its inputs resolved to store paths.</param>
    /// <param name="options">How it is built.</param>
    /// <param name="cancellationToken">Stops the build.</param>
    Task<BuildResult> BuildDerivationAsync(StorePath path, Derivation derivation, BuildOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>What building would take: what would be built, and what would come from other stores.</summary>
    /// <param name="paths">What would be built.</param>
    /// <param name="options">How; of it counts which other stores may be asked.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    Task<MissingPaths> QueryMissingAsync(IReadOnlyList<DerivedPath> paths, BuildOptions? options = null, CancellationToken cancellationToken = default);
}
