using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>What a garbage collection did, or would do.</summary>
/// <param name="Paths">The paths that were deleted, or would be, sorted.</param>
/// <param name="BytesFreed">How many bytes of disk that freed, or would free.</param>
public sealed record GarbageResult(IReadOnlyList<StorePath> Paths, long BytesFreed);
