namespace NixSharp.GitOps.Kubernetes;

/// <summary>The kinds that have a type.</summary>
internal static class KubernetesKinds
{
    private static readonly Dictionary<(string Version, string Kind), Type> Types = typeof(KubernetesObject).Assembly.GetTypes()
        .Where(static type => type.IsSubclassOf(typeof(KubernetesObject)) && !type.IsAbstract)
        .ToDictionary(static type => Describe((KubernetesObject)Activator.CreateInstance(type)!));

    /// <summary>The type of a kind; null where there is none.</summary>
    public static Type? Find(string? version, string? kind) =>
        version is not null && kind is not null ? Types.GetValueOrDefault((version, kind)) : null;

    private static (string Version, string Kind) Describe(KubernetesObject empty) => (empty.ApiVersion, empty.Kind);
}
