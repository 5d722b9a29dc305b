namespace NixSharp.Stores.Protocol;

/// <summary>Names of what both sides may agree on beyond the version, since 1.38.</summary>
internal static class WireFeatures
{
    /// <summary>Realisations are named by the derivation's path, not by its hash. From Nix 2.35; not offered in a handshake here.</summary>
    public const string RealisationWithPath = "realisation-with-path-not-hash";
}
