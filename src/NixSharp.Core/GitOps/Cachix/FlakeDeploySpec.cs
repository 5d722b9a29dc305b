using NixSharp.Flakes;
using NixSharp.StorePaths;

namespace NixSharp.GitOps.Cachix;

/// <summary>Makes the deploy specification of the configurations of a flake, by running <c>nix</c>.</summary>
public static class FlakeDeploySpec
{
    // Where the configurations of each kind have what is activated.
    private static readonly (string Section, string Attribute)[] Kinds =
    [
        ("nixosConfigurations", "config.system.build.toplevel"),
        ("darwinConfigurations", "system"),
        ("homeConfigurations", "activationPackage"),
    ];

    /// <summary>Builds configurations, and names the results as agents of the same names.</summary>
    /// <param name="client">Runs <c>nix</c>.</param>
    /// <param name="flake">The flake; its <c>nixosConfigurations</c>, <c>darwinConfigurations</c> and <c>homeConfigurations</c> are looked at.</param>
    /// <param name="names">The configurations; none means all.</param>
    /// <param name="cancellationToken">Stops the builds.</param>
    /// <exception cref="GitOpsException">The flake has no such configuration, or two of the same name.</exception>
    /// <exception cref="NixCommandException">A configuration cannot be evaluated or built.</exception>
    public static async Task<DeploySpec> BuildAsync(NixClient client, string flake, IReadOnlyCollection<string>? names = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(flake);
        var found = new Dictionary<string, string>();
        foreach (var (section, attribute) in Kinds)
        {
            foreach (var name in await client.ListAttributesAsync(flake, section, cancellationToken).ConfigureAwait(false))
            {
                if ((names is null or { Count: 0 } || names.Contains(name)) && !found.TryAdd(name, $"{flake}#{section}.\"{name}\".{attribute}"))
                {
                    throw new GitOpsException(
                        NixErrorCodes.InvalidDeploySpec,
                        $"The flake {flake} has two configurations with the name '{name}', and an agent runs one. Name the configurations to deploy, or rename one of them.",
                        flake);
                }
            }
        }

        if (found.Count == 0 || names?.FirstOrDefault(name => !found.ContainsKey(name)) is not null)
        {
            var missing = names is null or { Count: 0 } ? "configuration to deploy" : $"configuration '{names.First(name => !found.ContainsKey(name))}'";
            throw new GitOpsException(
                NixErrorCodes.InvalidDeploySpec,
                $"The flake {flake} has no {missing}: it was looked for in {string.Join(", ", Kinds.Select(static kind => kind.Section))}. See 'nix flake show'.",
                flake);
        }

        var agents = new Dictionary<string, StorePath>();
        foreach (var (name, installable) in found)
        {
            var built = await client.BuildAsync(installable, cancellationToken: cancellationToken).ConfigureAwait(false);
            agents[name] = built[0].Outputs.TryGetValue("out", out var path) ? path : built[0].Outputs.Values.First();
        }

        return new DeploySpec { Agents = agents };
    }
}
