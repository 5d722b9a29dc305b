using NixSharp.Hashing;

namespace NixSharp.SupplyChain.Bills;

/// <summary>Something that was downloaded to build a component.</summary>
/// <param name="Url">Where it came from, as its derivation says.</param>
/// <param name="FileHash">The hash of the file, where the derivation fixes that and not the hash of a whole tree.</param>
public sealed record BillSource(string Url, NixHash? FileHash);
