namespace NixSharp.Stores;

/// <summary>What linking equal files brought.</summary>
/// <param name="FilesLinked">How many files became links to others.</param>
/// <param name="BytesFreed">How many bytes of disk that freed.</param>
public sealed record OptimiseResult(long FilesLinked, long BytesFreed);
