namespace NixSharp.SupplyChain.Bills;

/// <summary>A format of bills of materials.</summary>
public enum BillFormat
{
    /// <summary>CycloneDX 1.6, JSON.</summary>
    CycloneDx,

    /// <summary>SPDX 2.3, JSON.</summary>
    Spdx,
}
