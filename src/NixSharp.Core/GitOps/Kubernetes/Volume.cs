namespace NixSharp.GitOps.Kubernetes;

/// <summary>Files that the containers of a pod can mount; one of the kinds.</summary>
public sealed record Volume
{
    /// <summary>The name that mounts refer to.</summary>
    public required string Name { get; init; }

    /// <summary>A folder of the node.</summary>
    public HostFolder? HostPath { get; init; }

    /// <summary>A folder that goes with the pod.</summary>
    public EmptyFolder? EmptyDir { get; init; }

    /// <summary>Files of a <see cref="Kubernetes.ConfigMap"/>.</summary>
    public ConfigMapFiles? ConfigMap { get; init; }

    /// <summary>Files of a secret.</summary>
    public SecretFiles? Secret { get; init; }

    /// <summary>A volume of a CSI driver that lives and dies with the pod.</summary>
    public CsiVolume? Csi { get; init; }
}
