namespace NixSharp.Stores.Caches;

/// <summary>What was found when a cache was last asked.</summary>
/// <param name="Text">The file; null where there was none.</param>
internal readonly record struct CachedLookup(string? Text);
