namespace NixSharp.GitOps.Kubernetes.Api;

/// <summary>A pod, as kubelet names it to a CSI driver.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Uid">The pod's id, which no other ever has; empty where it is not known.</param>
public sealed record PodReference(string Namespace, string Name, string Uid = "");
