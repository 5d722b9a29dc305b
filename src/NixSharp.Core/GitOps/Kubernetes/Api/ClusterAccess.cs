using System.Globalization;
using NixSharp.Files;

namespace NixSharp.GitOps.Kubernetes.Api;

/// <summary>Where a cluster's API server is, and what lets this process in.</summary>
public sealed record ClusterAccess
{
    private const string AccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The server, such as <c>https://10.0.0.1:443</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>The file with the token, which is read again as it is renewed; null to ask as nobody.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The file with the certificates, in PEM, that the server's may be signed by; null trusts what this machine trusts.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>The namespace of this process.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Whether this process runs in a pod, which can be told where the server is.</summary>
    public static bool IsInPod => Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 };

    /// <summary>What a pod gets: the server from its environment, the rest from its service account.</summary>
    /// <param name="accountFolder">The folder of the service account; null for where pods have it.</param>
    /// <exception cref="KubernetesException">This process runs in no pod, or in one without a service account's token.</exception>
    public static ClusterAccess FromPod(string? accountFolder = null)
    {
        var folder = accountFolder ?? AccountFolder;
        var (host, port) = (Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"), Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"));
        if (host is not { Length: > 0 } || !File.Exists(Path.Combine(folder, "token")))
        {
            throw new KubernetesException(
                NixErrorCodes.NotInCluster,
                $"The cluster's API server cannot be found: {(host is not { Length: > 0 } ? "KUBERNETES_SERVICE_HOST is not set" : $"there is no {folder}/token")}. Run this in a pod with a service account whose token is mounted.");
        }

        var number = int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given < 65536 ? given : 443;
        return new ClusterAccess
        {
            Server = new UriBuilder(Uri.UriSchemeHttps, host, number).Uri,
            TokenFile = Path.Combine(folder, "token"),
            CertificateAuthorityFile = Path.Combine(folder, "ca.crt"),
            Namespace = ReadNamespace(Path.Combine(folder, "namespace")),
        };
    }

    private static string ReadNamespace(string file)
    {
        try
        {
            return File.Exists(file) && File.ReadAllText(file).Trim() is var name && KubernetesNames.IsLabel(name) ? name : "default";
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(file, error);
        }
    }
}
