using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>A store that keeps the logs of builds.</summary>
public interface IBuildLogStore
{
    /// <summary>The log of the last build of a derivation, uncompressed; null where there is none.</summary>
    Task<Stream?> OpenBuildLogAsync(StorePath derivation, CancellationToken cancellationToken = default);

    /// <summary>Keeps the log of a build.</summary>
    Task AddBuildLogAsync(StorePath derivation, Stream log, CancellationToken cancellationToken = default);
}
