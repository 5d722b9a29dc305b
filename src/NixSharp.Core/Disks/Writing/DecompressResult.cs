using NixSharp.Hashing;

namespace NixSharp.Disks.Writing;

/// <summary>What came of a decompression.</summary>
/// <param name="Size">The size of the image, in bytes.</param>
/// <param name="DataSize">How many of them are not in holes.</param>
/// <param name="Hash">The SHA-256 of the image; null where it was not asked for.</param>
public sealed record DecompressResult(long Size, long DataSize, NixHash? Hash);
