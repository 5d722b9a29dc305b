using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>A store from which paths can be taken away.</summary>
public interface IGarbageCollector
{
    /// <summary>Deletes a path that no root and no other valid path needs.</summary>
    Task DeleteAsync(StorePath path, CancellationToken cancellationToken = default);

    /// <summary>Deletes all that no root needs, or says what it would delete.</summary>
    Task<GarbageResult> CollectGarbageAsync(GarbageOptions? options = null, CancellationToken cancellationToken = default);
}
