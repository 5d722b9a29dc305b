using NixSharp.SupplyChain;
using NixSharp.SupplyChain.Bills;

namespace NixSharp.Cake;

/// <summary>What is attached to an image.</summary>
public sealed record NixAttachSettings : NixSettings
{
    /// <summary>The formats of the bills of materials. Default: CycloneDX and SPDX.</summary>
    public IReadOnlyList<BillFormat> Bills { get; init; } = [BillFormat.CycloneDx, BillFormat.Spdx];

    /// <summary>What the provenance says of the build; null attaches none.</summary>
    public ProvenanceOptions? Provenance { get; init; } = new();

    /// <summary>The file of a private key that signs what is attached; null signs nothing.</summary>
    public string? Key { get; init; }

    /// <summary>The key's password, from <c>EnvironmentVariable(...)</c>.</summary>
    public string? Password { get; init; }

    /// <summary>How the registry is talked to.</summary>
    public NixPushSettings Registry { get; init; } = new();
}
