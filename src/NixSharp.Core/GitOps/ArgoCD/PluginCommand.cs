namespace NixSharp.GitOps.ArgoCD;

/// <summary>A program and its arguments.</summary>
public sealed record PluginCommand
{
    /// <summary>The program, and arguments.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>More arguments.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];
}
