using NixSharp.GitOps.Kubernetes;

namespace NixSharp.GitOps.ArgoCD;

/// <summary>The file <c>plugin.yaml</c> by which Argo CD knows a plugin. It has the form of an object, and is none of the cluster's.</summary>
public sealed record ConfigManagementPlugin() : KubernetesObject("argoproj.io/v1alpha1", "ConfigManagementPlugin")
{
    /// <summary>What Argo CD runs.</summary>
    public required PluginSpec Spec { get; init; }
}
