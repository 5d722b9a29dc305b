using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.Flakes;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Cake;

/// <summary>Builds and evaluates with the <c>nix</c> on this machine.</summary>
[CakeAliasCategory("Nix")]
public static class NixFlakeAliases
{
    /// <summary>Builds an installable, such as <c>.#hello</c>, and returns its outputs.</summary>
    /// <example><code>var hello = NixBuild(".#hello")[0];</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    [CakeNamespaceImport("NixSharp.StorePaths")]
    public static IReadOnlyList<StorePath> NixBuild(this ICakeContext context, string installable) =>
        NixBuild(context, [installable], new NixFlakeSettings());

    /// <summary>Builds installables, and returns the outputs of all of them.</summary>
    /// <example><code>var paths = NixBuild([".#hello", ".#world"], new NixFlakeSettings { Store = "./store" });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    [CakeNamespaceImport("NixSharp.StorePaths")]
    public static IReadOnlyList<StorePath> NixBuild(this ICakeContext context, IReadOnlyList<string> installables, NixFlakeSettings settings) =>
        Run(context, settings, async client =>
        {
            var options = new NixBuildOptions { OutLink = StoreRunner.FullPath(context, settings.OutLink) };
            var results = await client.BuildAsync(installables, options).ConfigureAwait(false);
            StorePath[] paths = [.. results.SelectMany(result => result.Outputs.Values)];
            context.Log.Information("{0} -> {1}", string.Join(' ', installables), string.Join(' ', paths));
            return paths;
        });

    /// <summary>Evaluates an installable, and returns the value as JSON.</summary>
    /// <example><code>var version = NixEval(".#hello.version");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    public static string NixEval(this ICakeContext context, string installable) =>
        NixEval(context, installable, new NixFlakeSettings());

    /// <summary>Evaluates an installable, and returns the value as JSON.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    public static string NixEval(this ICakeContext context, string installable, NixFlakeSettings settings) =>
        Run(context, settings, async client =>
            (await client.EvalAsync(installable).ConfigureAwait(false)).ToString(Newtonsoft.Json.Formatting.None));

    /// <summary>Evaluates all outputs of a flake, and builds its checks.</summary>
    /// <example><code>NixFlakeCheck(".");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    public static void NixFlakeCheck(this ICakeContext context, string flake) =>
        NixFlakeCheck(context, flake, new NixFlakeSettings());

    /// <summary>Evaluates all outputs of a flake, and builds its checks.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    public static void NixFlakeCheck(this ICakeContext context, string flake, NixFlakeSettings settings) =>
        Run(context, settings, async client =>
        {
            await client.CheckFlakeAsync(flake).ConfigureAwait(false);
            return true;
        });

    private static T Run<T>(ICakeContext context, NixFlakeSettings settings, Func<NixClient, Task<T>> work) =>
        StoreRunner.Run(context, settings, (INixStore store) => work(new NixClient(new NixOptions
        {
            Program = settings.Program,
            Store = store.Uri,
            StoreDirectory = store.StoreDirectory,
            WorkingFolder = context.Environment.WorkingDirectory.FullPath,
            Impure = settings.Impure,
            Config = settings.Config,
            ExtraArguments = settings.Arguments,
            Log = new CakeLog(context.Log),
        })));
}
