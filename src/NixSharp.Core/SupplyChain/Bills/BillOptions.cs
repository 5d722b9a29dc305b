namespace NixSharp.SupplyChain.Bills;

/// <summary>What a bill of materials says beside its components.</summary>
public sealed record BillOptions
{
    /// <summary>The name of what is described; null takes that of the image, else of the root.</summary>
    public string? Name { get; init; }

    /// <summary>The image that the closure is in; null describes the closure itself.</summary>
    public ImageSubject? Image { get; init; }

    /// <summary>When the bill was made, to the second. The default is the time of all files in Nix stores, so that equal bills are equal bytes.</summary>
    public DateTimeOffset Created { get; init; } = DateTimeOffset.FromUnixTimeSeconds(1);
}
