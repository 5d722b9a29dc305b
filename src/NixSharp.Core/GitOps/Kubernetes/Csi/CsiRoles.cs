namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>The driver's account, and what it may do: post events about pods, and find its builders.</summary>
internal static class CsiRoles
{
    public static IReadOnlyList<KubernetesObject> Create(CsiManifestOptions options)
    {
        var subject = new RoleSubject { Name = CsiNames.Driver, Namespace = options.Namespace };
        var cluster = new ObjectMetadata { Name = CsiNames.Driver, Labels = CsiNames.Labels("node") };
        var local = CsiNames.Metadata(options, CsiNames.Driver, "node");
        List<KubernetesObject> objects =
        [
            new ServiceAccount { Metadata = local, ImagePullSecrets = CsiNames.PullSecrets(options) },
            new ClusterRole { Metadata = cluster, Rules = [new PolicyRule { ApiGroups = [""], Resources = ["events"], Verbs = ["create"] }] },
            new ClusterRoleBinding { Metadata = cluster, RoleRef = new RoleReference { Kind = "ClusterRole", Name = CsiNames.Driver }, Subjects = [subject] },
        ];
        if (options.Builders.Count > 0)
        {
            objects.Add(new Role { Metadata = local, Rules = [new PolicyRule { ApiGroups = ["discovery.k8s.io"], Resources = ["endpointslices"], Verbs = ["get", "list"] }] });
            objects.Add(new RoleBinding { Metadata = local, RoleRef = new RoleReference { Kind = "Role", Name = CsiNames.Driver }, Subjects = [subject] });
        }

        return objects;
    }
}
