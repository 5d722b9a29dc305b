namespace NixSharp.Registries.Configuration;

/// <summary>What a mirror is asked for.</summary>
public enum MirrorUse
{
    /// <summary>Everything.</summary>
    All,

    /// <summary>Images that are named by digest, which cannot be out of date.</summary>
    DigestOnly,

    /// <summary>Images that are named by tag.</summary>
    TagOnly,
}
