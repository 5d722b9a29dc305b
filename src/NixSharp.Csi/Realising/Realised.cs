using NixSharp.StorePaths;

namespace NixSharp.Csi.Realising;

/// <summary>What a volume is made of, in the store.</summary>
/// <param name="Path">The path.</param>
/// <param name="From">Where it came from.</param>
internal sealed record Realised(StorePath Path, RealisedFrom From)
{
    /// <summary>Where it came from, as logs and metrics have it.</summary>
    public string FromName => From.ToString().ToLowerInvariant();
}
