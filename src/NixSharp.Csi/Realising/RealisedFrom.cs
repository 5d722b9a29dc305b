namespace NixSharp.Csi.Realising;

/// <summary>Where something in the store came from.</summary>
internal enum RealisedFrom
{
    /// <summary>It was there already.</summary>
    Store,

    /// <summary>It was fetched.</summary>
    Substituter,

    /// <summary>Nix evaluated it, and built or fetched what was not there.</summary>
    Nix,
}
