using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Something that keeps a store path from being collected.</summary>
/// <param name="Path">The path that is kept.</param>
/// <param name="Source">What keeps it: a symlink, a profile, or a running process.</param>
public readonly record struct GcRoot(StorePath Path, string Source)
{
    /// <summary>Whether a process that runs now has asked for the path to be kept, valid or not.</summary>
    public bool IsTemporary { get; init; }
}
