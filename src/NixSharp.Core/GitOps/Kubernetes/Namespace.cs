namespace NixSharp.GitOps.Kubernetes;

/// <summary>A namespace.</summary>
public sealed record Namespace() : KubernetesObject("v1", "Namespace");
