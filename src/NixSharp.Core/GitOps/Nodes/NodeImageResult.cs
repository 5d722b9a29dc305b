using NixSharp.Hashing;

namespace NixSharp.GitOps.Nodes;

/// <summary>A disk image that was built.</summary>
/// <param name="Path">The file.</param>
/// <param name="Source">What it was made from: a file in the store, or in what a container built.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="DataSize">How many of them are not in holes.</param>
/// <param name="Hash">The SHA-256 of the file.</param>
public sealed record NodeImageResult(string Path, string Source, long Size, long DataSize, NixHash Hash);
