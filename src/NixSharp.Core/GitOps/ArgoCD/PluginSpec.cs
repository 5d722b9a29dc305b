namespace NixSharp.GitOps.ArgoCD;

/// <summary>What Argo CD runs for a plugin, in an application's folder.</summary>
public sealed record PluginSpec
{
    /// <summary>The plugin's version, which applications name behind its name and a dash; null for none.</summary>
    public string? Version { get; init; }

    /// <summary>Which folders the plugin is for; null for those of applications that name it.</summary>
    public PluginDiscovery? Discover { get; init; }

    /// <summary>Runs first.</summary>
    public PluginCommand? Init { get; init; }

    /// <summary>Prints the manifest.</summary>
    public required PluginCommand Generate { get; init; }

    /// <summary>What the user interface offers.</summary>
    public PluginParameters? Parameters { get; init; }

    /// <summary>Whether files keep their modes on the way to the plugin.</summary>
    public bool? PreserveFileMode { get; init; }
}
