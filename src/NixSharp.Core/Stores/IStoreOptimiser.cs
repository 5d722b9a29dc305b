namespace NixSharp.Stores;

/// <summary>A store that can link equal files together.</summary>
public interface IStoreOptimiser
{
    /// <summary>Hard-links equal files of valid paths, as <c>nix store optimise</c> does.</summary>
    Task<OptimiseResult> OptimiseAsync(IProgress<NixProgress>? progress = null, CancellationToken cancellationToken = default);
}
