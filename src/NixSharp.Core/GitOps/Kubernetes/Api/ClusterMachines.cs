using NixSharp.Building.Machines;
using NixSharp.Stores;

namespace NixSharp.GitOps.Kubernetes.Api;

/// <summary>The build machines that are pods behind a headless service.</summary>
public static class ClusterMachines
{
    /// <summary>The machines that are ready now, a line for each.</summary>
    /// <param name="client">Asks the API server.</param>
    /// <param name="service">A line whose host is the service; each machine's is the same but for the host.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="KubernetesException">The server cannot be reached, or refuses.</exception>
    /// <exception cref="NixConfigurationException">The line is for a store that SSH does not reach.</exception>
    public static async Task<IReadOnlyList<BuildMachine>> FindAsync(ClusterClient client, BuildMachine service, CancellationToken cancellationToken = default)
    {
        var host = MachineHosts.AuthorityOf(service).Host;
        return MachineHosts.Expand(service, await EndpointSlices.ListHostsAsync(client, host, cancellationToken).ConfigureAwait(false));
    }
}
