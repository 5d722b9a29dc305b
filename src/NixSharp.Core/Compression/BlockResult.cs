namespace NixSharp.Compression;

/// <summary>What went through a <see cref="BlockPipeline"/>, and what came out.</summary>
/// <param name="InputDigest">The SHA-256 of what was produced.</param>
/// <param name="InputSize">Its size in bytes.</param>
/// <param name="OutputDigest">The SHA-256 of what was written.</param>
/// <param name="OutputSize">Its size in bytes.</param>
internal readonly record struct BlockResult(byte[] InputDigest, long InputSize, byte[] OutputDigest, long OutputSize);
