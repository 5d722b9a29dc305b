using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>What has to be done before some derived paths are there.</summary>
/// <param name="WillBuild">The derivations that have to be built, sorted.</param>
/// <param name="WillSubstitute">The paths that come from other stores, sorted.</param>
/// <param name="Unknown">The paths that can be neither built nor fetched, sorted.</param>
/// <param name="DownloadSize">How many bytes have to be downloaded.</param>
/// <param name="NarSize">How many bytes of NARs that is.</param>
public sealed record MissingPaths(
    IReadOnlyList<StorePath> WillBuild,
    IReadOnlyList<StorePath> WillSubstitute,
    IReadOnlyList<StorePath> Unknown,
    long DownloadSize,
    long NarSize);
