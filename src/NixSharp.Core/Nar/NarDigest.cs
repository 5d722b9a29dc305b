using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Nar;

/// <summary>What one pass over a NAR tells.</summary>
/// <param name="Hash">The hash of the NAR.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="References">The candidates whose hash part is in it, sorted.</param>
public sealed record NarDigest(NixHash Hash, long Size, IReadOnlyList<StorePath> References);
