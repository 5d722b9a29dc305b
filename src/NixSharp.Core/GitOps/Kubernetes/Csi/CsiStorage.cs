namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>Storage that the driver's pods ask for.</summary>
internal static class CsiStorage
{
    /// <summary>0400, in the decimal form that manifests want.</summary>
    public const int SecretMode = 256;

    public static VolumeClaim Claim(string name, string size, string? storageClass) => new()
    {
        Metadata = new ObjectMetadata { Name = name },
        Spec = new VolumeClaimSpec
        {
            AccessModes = ["ReadWriteOnce"],
            StorageClassName = storageClass,
            Resources = new ResourceRequirements { Requests = new Dictionary<string, string> { ["storage"] = size } },
        },
    };
}
