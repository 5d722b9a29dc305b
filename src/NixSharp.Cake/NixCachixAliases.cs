using Cake.Core;
using Cake.Core.Annotations;
using NixSharp.GitOps.Cachix;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Cake;

/// <summary>Deploys with Cachix Deploy.</summary>
[CakeAliasCategory("Nix")]
public static class NixCachixAliases
{
    /// <summary>Builds the configurations of a flake and writes a deploy specification; no names means all.</summary>
    /// <example><code>var spec = NixDeploySpec(".", [], "cachix-deploy.json", new NixFlakeSettings());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    [CakeNamespaceImport("NixSharp.GitOps.Cachix")]
    public static DeploySpec NixDeploySpec(this ICakeContext context, string flake, IReadOnlyList<string> names, string file, NixFlakeSettings settings) =>
        NixFlakeAliases.Run(context, settings, async client =>
        {
            var spec = await FlakeDeploySpec.BuildAsync(client, flake, names).ConfigureAwait(false);
            await spec.WriteAsync(StoreRunner.FullPath(context, file)!).ConfigureAwait(false);
            return spec;
        });

    /// <summary>Pushes what a deploy specification names to the store or binary cache that agents fetch from.</summary>
    /// <example><code>NixDeployPush("cachix-deploy.json", "s3://cache", new NixSettings());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    public static void NixDeployPush(this ICakeContext context, string file, string destination, NixSettings settings) =>
        StoreRunner.Run(context, settings, async (INixStore store) =>
        {
            var spec = await DeploySpec.ReadAsync(StoreRunner.FullPath(context, file)!, store.StoreDirectory).ConfigureAwait(false);
            var to = await NixStore.OpenAsync(StoreRunner.FullUri(context, destination)).ConfigureAwait(false);
            await using (to.ConfigureAwait(false))
            {
                return await spec.PushAsync(store, to).ConfigureAwait(false);
            }
        });

    /// <summary>Pushes store paths to a Cachix cache with cachix, which takes its token from the environment.</summary>
    /// <example><code>CachixPush("mycache", NixBuild(".#hello"));</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    public static void CachixPush(this ICakeContext context, string cache, IReadOnlyList<StorePath> paths) =>
        Run(context, client => client.PushAsync(cache, paths));

    /// <summary>Has agents activate a deploy specification; no agents means all that it names.</summary>
    /// <example><code>CachixDeployActivate("cachix-deploy.json", [], isAsync: true);</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    public static void CachixDeployActivate(this ICakeContext context, string file, IReadOnlyList<string> agents, bool isAsync) =>
        Run(context, client => client.ActivateAsync(StoreRunner.FullPath(context, file)!, agents, isAsync));

    private static void Run(ICakeContext context, Func<CachixClient, Task> work)
    {
        ArgumentNullException.ThrowIfNull(context);
        StoreRunner.Run(async () =>
        {
            await work(new CachixClient(new CachixOptions { Log = new CakeLog(context.Log) })).ConfigureAwait(false);
            return true;
        });
    }
}
