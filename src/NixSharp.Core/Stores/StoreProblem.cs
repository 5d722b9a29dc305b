using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Something that is wrong with one path of a store.</summary>
/// <param name="Path">The path; null where the store's own bookkeeping does not say, as in a remote store.</param>
/// <param name="Description">What is wrong.</param>
public readonly record struct StoreProblem(StorePath? Path, string Description)
{
    /// <summary>The path, if there is one, and what is wrong.</summary>
    public override string ToString() => Path is { } path ? $"{path}: {Description}" : Description;
}
