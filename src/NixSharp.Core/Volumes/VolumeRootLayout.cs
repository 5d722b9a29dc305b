namespace NixSharp.Volumes;

/// <summary>What of a volume is seen where it is mounted.</summary>
public enum VolumeRootLayout
{
    /// <summary>The volume's folder <c>nix</c>, so that the place of the mount can be <c>/nix</c>.</summary>
    Nix,

    /// <summary>The volume's root, which has <c>nix</c> in it; for a pod that takes <c>subPath: nix</c>.</summary>
    Volume,
}
