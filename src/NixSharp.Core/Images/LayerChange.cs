namespace NixSharp.Images;

/// <summary>A layer of one image beside that of another.</summary>
public sealed record LayerChange
{
    /// <summary>The layer in the earlier image; null where it came.</summary>
    public LayerContents? Earlier { get; init; }

    /// <summary>The layer in the later image; null where it went.</summary>
    public LayerContents? Later { get; init; }

    /// <summary>The layer's place in the later image, or in the earlier one where it went; 0 is the lowest.</summary>
    public int Index { get; init; }

    /// <summary>What became of it.</summary>
    public LayerChangeKind Kind { get; init; }

    /// <summary>The store paths that are in the layer now and were not before, those from other layers included.</summary>
    public IReadOnlyList<LayerPath> PathsIn { get; init; } = [];

    /// <summary>The store paths that were in the layer before and are not now.</summary>
    public IReadOnlyList<LayerPath> PathsOut { get; init; } = [];
}
