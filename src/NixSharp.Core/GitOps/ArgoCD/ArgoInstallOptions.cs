namespace NixSharp.GitOps.ArgoCD;

/// <summary>How the plugin is installed beside Argo CD's repo server.</summary>
public sealed record ArgoInstallOptions
{
    /// <summary>An image with <c>nixsharp</c>, <c>nix</c>, <c>git</c> and <c>sh</c>, all on PATH and in <c>/nix</c>.</summary>
    public string Image { get; init; } = "";

    /// <summary>The plugin's name, which applications may name.</summary>
    public string Name { get; init; } = "nix";

    /// <summary>The namespace that Argo CD runs in.</summary>
    public string Namespace { get; init; } = "argocd";

    /// <summary>Binary caches that Nix takes paths from.</summary>
    public IReadOnlyList<string> Substituters { get; init; } = ["https://cache.nixos.org"];

    /// <summary>The keys whose signatures Nix trusts.</summary>
    public IReadOnlyList<string> TrustedPublicKeys { get; init; } = ["cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="];

    /// <summary>More settings of <c>nix.conf</c>, by name.</summary>
    public IReadOnlyDictionary<string, string> NixSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>The user that Argo CD runs plugins as.</summary>
    public int User { get; init; } = 999;

    /// <summary>How long a command of the plugin may take; the repo server waits no longer than its own <c>ARGOCD_EXEC_TIMEOUT</c> says.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How large the volume for <c>/nix</c> may get, such as <c>20Gi</c>; null for no limit.</summary>
    public string? StoreSizeLimit { get; init; }
}
