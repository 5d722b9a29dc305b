namespace NixSharp.Images;

/// <summary>What became of a layer from one image to another.</summary>
public enum LayerChangeKind
{
    /// <summary>Nothing.</summary>
    Same,

    /// <summary>It holds the same, and is compressed otherwise.</summary>
    Repacked,

    /// <summary>It holds something else than the layer that it has the most in common with.</summary>
    Changed,

    /// <summary>It is new.</summary>
    Came,

    /// <summary>It is gone.</summary>
    Went,
}
