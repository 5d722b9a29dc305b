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

    /// <summary>Makes an error of problems that are left.</summary>
    /// <param name="store">The store's URI, for the message.</param>
    /// <exception cref="NixStoreException">The store is not sound; the message names the first problems.</exception>
    public void RefuseIfDamaged(string store)
    {
        if (!IsSound)
        {
            var more = Problems.Count > 3 ? $" And {Problems.Count - 3} more." : "";
            throw new NixStoreException(
                NixErrorCodes.StoreDamaged,
                $"The store {store} is damaged: {string.Join(" ", Problems.Take(3).Select(static problem => $"{problem}."))}{more} Repair it from a store or cache that has these paths, or delete them and build them again.");
        }
    }
}
