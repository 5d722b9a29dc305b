namespace NixSharp.Stores;

/// <summary>The forms in which Nix has printed path infos as JSON.</summary>
public enum PathInfoJsonFormat
{
    /// <summary>Nix up to 2.18: a list; what is empty is left out; invalid paths say <c>"valid": false</c>.</summary>
    List = 0,

    /// <summary>Nix since 2.19, and <c>--json-format 1</c>: a map by whole path; what is empty is null; invalid paths are null.</summary>
    Version1 = 1,

    /// <summary>Nix since 2.33, <c>--json-format 2</c>: the map is under <c>info</c>, with base names and structured content addresses.</summary>
    Version2 = 2,

    /// <summary>Nix since 2.35, <c>--json-format 3</c>: signatures are structured as well.</summary>
    Version3 = 3,
}
