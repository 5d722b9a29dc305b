namespace NixSharp.GitOps.ArgoCD;

/// <summary>The parameters that a plugin announces.</summary>
public sealed record PluginParameters
{
    /// <summary>Those of all applications.</summary>
    public IReadOnlyList<ArgoParameter> Static { get; init; } = [];

    /// <summary>Prints those of an application as a JSON list.</summary>
    public PluginCommand? Dynamic { get; init; }
}
