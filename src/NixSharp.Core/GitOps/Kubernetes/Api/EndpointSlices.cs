using Newtonsoft.Json.Linq;
using NixSharp.Json;

namespace NixSharp.GitOps.Kubernetes.Api;

/// <summary>The pods behind a headless service.</summary>
public static class EndpointSlices
{
    private const int MaxPages = 1000;

    /// <summary>The names under which the pods that are ready can be reached, <c>POD.SERVICE</c>, in order.</summary>
    /// <param name="client">Asks the API server.</param>
    /// <param name="service">The service; with a dot and a namespace behind it where that is not the client's own.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="KubernetesException">The server cannot be reached, or refuses, or the name is none.</exception>
    public static async Task<IReadOnlyList<string>> ListHostsAsync(ClusterClient client, string service, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(service);
        var parts = service.Split('.');
        var place = parts.Length > 1 ? parts[1] : client.Access.Namespace;
        if (!parts.All(KubernetesNames.IsLabel))
        {
            throw new KubernetesException(NixErrorCodes.ClusterRefuses, $"'{service}' is the name of no service. Give SERVICE, or SERVICE.NAMESPACE.");
        }

        var hosts = new SortedSet<string>(StringComparer.Ordinal);
        var next = "";
        for (var page = 0; page < MaxPages; page++)
        {
            var answer = await client.GetAsync(
                $"/apis/discovery.k8s.io/v1/namespaces/{place}/endpointslices?labelSelector={Uri.EscapeDataString($"kubernetes.io/service-name={parts[0]}")}&limit=100{next}",
                cancellationToken).ConfigureAwait(false);
            foreach (var endpoint in JsonNodes.Items(answer["items"], "a list of endpoint slices").SelectMany(static slice => JsonNodes.Items(slice["endpoints"], "a list of endpoints")))
            {
                if (NameOf(endpoint) is { } name && IsReady(endpoint))
                {
                    hosts.Add($"{name}.{service}");
                }
            }

            if ((string?)answer["metadata"]?["continue"] is not { Length: > 0 } more)
            {
                break;
            }

            next = $"&continue={Uri.EscapeDataString(more)}";
        }

        return [.. hosts];
    }

    // Only pods of a set with a headless service have a name of their own.
    private static string? NameOf(JToken endpoint) => endpoint["hostname"] is JValue { Value: string name } && KubernetesNames.IsLabel(name) ? name : null;

    // No word means that it is not known, which is to be taken for ready.
    private static bool IsReady(JToken endpoint) => endpoint["conditions"]?["ready"] is not JValue { Value: false };
}
