using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>What a daemon could fetch from the stores that it substitutes from.</summary>
/// <param name="Path">The path.</param>
/// <param name="Deriver">The derivation that made the path, where that is known.</param>
/// <param name="References">The paths that it refers to, sorted.</param>
/// <param name="DownloadSize">How many bytes would have to be downloaded; 0 where that is not known.</param>
/// <param name="NarSize">The size of its NAR in bytes; 0 where that is not known.</param>
public sealed record SubstitutablePathInfo(StorePath Path, StorePath? Deriver, IReadOnlyList<StorePath> References, long DownloadSize, long NarSize);
