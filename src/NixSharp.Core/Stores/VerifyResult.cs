using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>What the verification of a store found.</summary>
/// <param name="PathsChecked">How many valid paths were looked at.</param>
/// <param name="Problems">What is wrong and was not repaired, by path.</param>
/// <param name="Repaired">The paths that were damaged and are whole again.</param>
public sealed record VerifyResult(int PathsChecked, IReadOnlyList<StoreProblem> Problems, IReadOnlyList<StorePath> Repaired)
{
    /// <summary>The names in the folder of store objects that belong to no valid path and to nobody who is at work; the next collection deletes them.</summary>
    public IReadOnlyList<string> Leftovers { get; init; } = [];

    /// <summary>Whether nothing is wrong any more.</summary>
    public bool IsSound => Problems.Count == 0;
}
