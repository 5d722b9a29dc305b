namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>Names and labels that the objects of the driver refer to each other by.</summary>
internal static class CsiNames
{
    public const string Driver = "nixsharp-csi";
    public const string SigningKey = "secret-key";
    public const int CachePort = 8080;
    public const int SshPort = 22;

    /// <summary>Where the driver and the containers beside it see the files of the build cluster.</summary>
    public const string BuildersFolder = "/etc/nixsharp/builders";
    public const string ClientKeyFolder = "/etc/nixsharp/builder-keys";
    public const string SigningKeyFolder = "/etc/nixsharp/signing";

    public static IReadOnlyDictionary<string, string> Labels(string component) => new Dictionary<string, string>
    {
        ["app.kubernetes.io/name"] = "nixsharp",
        ["app.kubernetes.io/component"] = component,
    };

    public static ObjectMetadata Metadata(CsiManifestOptions options, string name, string component) =>
        new() { Name = name, Namespace = options.Namespace, Labels = Labels(component) };

    /// <summary>Where the cluster's own cache is; null where it has none.</summary>
    public static string? CacheUri(CsiManifestOptions options) =>
        options.Cache is { } cache ? $"http://{cache.Name}.{options.Namespace}.svc:{CachePort}" : null;

    public static IReadOnlyList<LocalReference> PullSecrets(CsiManifestOptions options) =>
        [.. options.ImagePullSecrets.Select(static name => new LocalReference { Name = name })];
}
