namespace NixSharp.GitOps.ArgoCD;

/// <summary>Which folders a plugin is for; one of the two.</summary>
public sealed record PluginDiscovery
{
    /// <summary>A pattern of a file that has to be there.</summary>
    public string? FileName { get; init; }

    /// <summary>A program that prints something where the plugin is for the folder.</summary>
    public PluginCommand? Find { get; init; }
}
