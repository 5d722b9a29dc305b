using NixSharp.GitOps.Kubernetes;

namespace NixSharp.GitOps.ArgoCD;

/// <summary>Values for Argo CD's Helm chart.</summary>
public sealed record ArgoHelmValues
{
    /// <summary>Those of the repo server, which plugins run beside.</summary>
    public required RepoServerValues RepoServer { get; init; }

    /// <summary>The values as a YAML document.</summary>
    public string ToYaml() => KubernetesYaml.WriteAny(this);

    /// <summary>Reads values that were written here.</summary>
    /// <exception cref="GitOpsException">The text is no YAML, or has other fields.</exception>
    public static ArgoHelmValues Parse(string text) => KubernetesYaml.ReadAny<ArgoHelmValues>(text, ArgoInstallation.ValuesFile, NixErrorCodes.InvalidManifest);
}
