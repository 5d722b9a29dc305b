using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.Flakes;
using NixSharp.Flakes.Outputs;
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

    /// <summary>The outputs of a flake, as <c>nix flake show --json</c> prints them.</summary>
    /// <example><code>Information(NixFlakeShow("."));</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    public static string NixFlakeShow(this ICakeContext context, string flake) =>
        Run(context, new NixFlakeSettings(), async client => (await client.ShowFlakeAsync(flake).ConfigureAwait(false)).ToString());

    /// <summary>Updates inputs of a flake, and writes <c>flake.lock</c>; no inputs means all.</summary>
    /// <example><code>NixFlakeUpdate(".", ["nixpkgs"], new NixFlakeSettings());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    public static void NixFlakeUpdate(this ICakeContext context, string flake, IReadOnlyList<string> inputs, NixFlakeSettings settings) =>
        Run(context, settings, async client =>
        {
            await client.UpdateFlakeAsync(flake, inputs).ConfigureAwait(false);
            return true;
        });

    /// <summary>The environment of a development shell: the variables that programs see in it.</summary>
    /// <example><code>var variables = NixDevEnvironment(".#default", new NixFlakeSettings());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    public static IReadOnlyDictionary<string, string> NixDevEnvironment(this ICakeContext context, string installable, NixFlakeSettings settings) =>
        Run(context, settings, async client => (await client.GetDevEnvironmentAsync(installable).ConfigureAwait(false)).Exported);

    /// <summary>Builds an app and runs it; what it prints on standard output comes back.</summary>
    /// <example><code>var text = NixRun(".#app", ["--help"], new NixFlakeSettings());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    public static string NixRun(this ICakeContext context, string installable, IReadOnlyList<string> arguments, NixFlakeSettings settings) =>
        Run(context, settings, client => client.RunAppAsync(installable, arguments));

    /// <summary>A matrix of CI jobs, one for each output of a flake, as JSON.</summary>
    /// <example><code>Information(NixFlakeMatrix(".", new NixFlakeSettings()));</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    public static string NixFlakeMatrix(this ICakeContext context, string flake, NixFlakeSettings settings) =>
        Run(context, settings, async client =>
            FlakeMatrix.ToJson(await FlakeOutputs.ListAsync(client, flake).ConfigureAwait(false)).ToString(Newtonsoft.Json.Formatting.None));

    /// <summary>
    /// Builds the packages and checks of a flake: evaluated once, built in parallel, not where a cache has them, uploaded
    /// meanwhile. All failures are in one error, after the table of results.
    /// </summary>
    /// <example><code>NixFlakeBuild(".", new NixFlakeBuildSettings { UploadTo = "file:///srv/cache" });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    [CakeNamespaceImport("NixSharp.Flakes.Outputs")]
    public static FlakeBuildReport NixFlakeBuild(this ICakeContext context, string flake, NixFlakeBuildSettings settings) =>
        StoreRunner.Run(context, settings, async (INixStore store) =>
        {
            ArgumentNullException.ThrowIfNull(settings);
            var client = MakeClient(context, settings.Nix, store);
            var options = new FlakeBuildOptions
            {
                Jobs = settings.Jobs,
                KeepGoing = settings.KeepGoing,
                Caches = [.. settings.Caches.Select(uri => StoreRunner.FullUri(context, uri))],
                UploadTo = settings.UploadTo is { } to ? StoreRunner.FullUri(context, to) : null,
                Store = store,
            };
            var evaluation = await FlakeOutputs.EvaluateAsync(client, flake, settings.Outputs).ConfigureAwait(false);
            var report = await FlakeBuild.RunAsync(client, evaluation, options).ConfigureAwait(false);
            context.Log.Information("{0}", report);
            report.ThrowIfFailed();
            return report;
        });

    internal static T Run<T>(ICakeContext context, NixFlakeSettings settings, Func<NixClient, Task<T>> work) =>
        StoreRunner.Run(context, settings, (INixStore store) => work(MakeClient(context, settings, store)));

    internal static NixClient MakeClient(ICakeContext context, NixFlakeSettings settings, INixStore store) => new(new NixOptions
    {
        Program = settings.Program,
        Store = store.Uri,
        StoreDirectory = store.StoreDirectory,
        WorkingFolder = context.Environment.WorkingDirectory.FullPath,
        Impure = settings.Impure,
        ShowTrace = settings.ShowTrace,
        OverrideInputs = settings.OverrideInputs,
        Config = settings.Config,
        FindTokensFor = settings.FindTokensFor,
        ExtraArguments = settings.Arguments,
        Log = new CakeLog(context.Log),
    });
}
