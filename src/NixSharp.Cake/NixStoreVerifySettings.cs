namespace NixSharp.Cake;

/// <summary>How a store is verified.</summary>
public sealed record NixStoreVerifySettings : NixSettings
{
    /// <summary>Whether the files of every path are hashed and compared.</summary>
    public bool CheckContents { get; init; } = true;

    /// <summary>The stores from which damaged paths are fetched again; none repairs nothing.</summary>
    public IReadOnlyList<string> RepairFrom { get; init; } = [];
}
