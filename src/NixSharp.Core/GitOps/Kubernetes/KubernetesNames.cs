using System.Text.RegularExpressions;

namespace NixSharp.GitOps.Kubernetes;

/// <summary>What names a cluster takes.</summary>
internal static partial class KubernetesNames
{
    private const int MaxLabel = 63;
    private const int MaxSubdomain = 253;

    /// <summary>Whether a text can name a namespace or a service.</summary>
    public static bool IsLabel(string name) => name.Length <= MaxLabel && Label().IsMatch(name);

    /// <summary>Whether a text can name any other object.</summary>
    public static bool IsSubdomain(string name) => name.Length <= MaxSubdomain && name.Split('.').All(IsLabel);

    /// <summary>Whether a text can name a CSI driver.</summary>
    public static bool IsDriver(string name) => name.Length <= MaxLabel && IsSubdomain(name);

    [GeneratedRegex(@"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
