namespace NixSharp.GitOps.Kubernetes;

/// <summary>What a cluster has to know of a CSI driver; the name is the driver's own.</summary>
public sealed record CsiDriver() : KubernetesObject("storage.k8s.io/v1", "CSIDriver")
{
    /// <summary>How kubelet treats the driver's volumes.</summary>
    public required CsiDriverSpec Spec { get; init; }
}
