using NixSharp.Stores;

namespace NixSharp.Cake;

/// <summary>How derivations are built.</summary>
public sealed record NixBuildDerivationSettings : NixSettings
{
    /// <summary>Jobs, limits, substituters, and what else the library lets one choose.</summary>
    public BuildOptions Options { get; init; } = BuildOptions.Default;
}
