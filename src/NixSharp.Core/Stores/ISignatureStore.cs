using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>A store whose valid paths can get more signatures.</summary>
public interface ISignatureStore
{
    /// <summary>Adds signatures to those that a valid path has.</summary>
    Task AddSignaturesAsync(StorePath path, IReadOnlyCollection<string> signatures, CancellationToken cancellationToken = default);
}
