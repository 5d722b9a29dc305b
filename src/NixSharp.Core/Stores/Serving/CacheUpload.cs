using NixSharp.Hashing;

namespace NixSharp.Stores.Serving;

/// <summary>A compressed NAR that was uploaded, and waits for its narinfo.</summary>
/// <param name="File">Where it lies.</param>
/// <param name="Hash">Its SHA-256.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Arrived">When it was whole.</param>
internal sealed record CacheUpload(string File, NixHash Hash, long Size, DateTimeOffset Arrived);
