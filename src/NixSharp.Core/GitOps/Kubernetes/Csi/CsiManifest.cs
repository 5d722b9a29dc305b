namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>All that a cluster needs to run the CSI driver, as files of objects.</summary>
public static class CsiManifest
{
    /// <summary>Makes the files, <c>kustomization.yaml</c> last; equal options give equal files.</summary>
    /// <exception cref="GitOpsException">An option makes no sense.</exception>
    public static IReadOnlyList<ManifestFile> Create(CsiManifestOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        CsiManifestOptionsCheck.Check(options);
        var files = new List<ManifestFile>
        {
            new("namespace.yaml", [NamespaceOf(options)]),
            new("rbac.yaml", CsiRoles.Create(options)),
            new("csi-driver.yaml", [CsiNode.CreateDriver(options)]),
            new("node.yaml", [CsiNode.CreateDaemonSet(options)]),
        };
        if (options.Cache is { } cache)
        {
            files.Add(new ManifestFile("cache.yaml", CsiCache.Create(options, cache)));
        }

        if (options.Builders.Count > 0)
        {
            files.Add(new ManifestFile("builders.yaml", CsiBuilders.Create(options)));
        }

        return ManifestFolder.WithKustomization(files);
    }

    // The driver mounts on the node, which only a privileged pod may.
    private static Namespace NamespaceOf(CsiManifestOptions options) => new()
    {
        Metadata = new ObjectMetadata
        {
            Name = options.Namespace,
            Labels = new Dictionary<string, string> { ["pod-security.kubernetes.io/enforce"] = "privileged" },
        },
    };
}
