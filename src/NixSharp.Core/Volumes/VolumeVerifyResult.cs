using NixSharp.Stores;

namespace NixSharp.Volumes;

/// <summary>What the verification of a volume found.</summary>
/// <param name="Path">The volume's folder.</param>
/// <param name="PathsChecked">How many store paths were looked at.</param>
/// <param name="Problems">What is wrong.</param>
public sealed record VolumeVerifyResult(string Path, int PathsChecked, IReadOnlyList<StoreProblem> Problems)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsSound => Problems.Count == 0;

    /// <summary>Makes an error of problems.</summary>
    /// <exception cref="VolumeException">The volume is not sound; the message names the first problems.</exception>
    public void RefuseIfDamaged()
    {
        if (!IsSound)
        {
            var more = Problems.Count > 3 ? $" And {Problems.Count - 3} more." : "";
            throw new VolumeException(
                NixErrorCodes.VolumeDamaged,
                $"The volume at {Path} is damaged: {string.Join(" ", Problems.Take(3).Select(static problem => $"{problem}."))}{more} Verify the store that it comes from, delete the volume and create it again.",
                Path);
        }
    }
}
