namespace NixSharp.GitOps.Kubernetes;

/// <summary>A folder of the node.</summary>
public sealed record HostFolder
{
    /// <summary>The folder.</summary>
    public required string Path { get; init; }

    /// <summary><c>DirectoryOrCreate</c> makes it, <c>Directory</c> asks for it to be there.</summary>
    public string? Type { get; init; }
}
