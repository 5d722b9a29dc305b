using NixSharp.Hashing;

namespace NixSharp.GitOps.NuGet;

/// <summary>One package in a <c>deps.json</c>.</summary>
/// <param name="Name">The package's name, written as the package itself writes it.</param>
/// <param name="Version">The version, normalised and in lower case as the packages folder has it.</param>
/// <param name="Hash">The SHA-256 of the signed <c>.nupkg</c>; this is not NuGet's content hash.</param>
/// <param name="Url">Where the <c>.nupkg</c> is downloaded; null for the public gallery.</param>
public sealed record NuGetLockEntry(string Name, string Version, NixHash Hash, string? Url = null)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Version}";

    /// <summary>The order of the packages folder: names in lower case, byte by byte, then versions.</summary>
    internal static int Compare(NuGetLockEntry left, NuGetLockEntry right) =>
        string.CompareOrdinal(left.Key.Name, right.Key.Name) is var order and not 0
            ? order
            : string.CompareOrdinal(left.Key.Version, right.Key.Version);

    internal (string Name, string Version) Key => (Name.ToLowerInvariant(), Version.ToLowerInvariant());
}
