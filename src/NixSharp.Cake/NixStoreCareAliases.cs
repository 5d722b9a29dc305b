using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.Stores;

namespace NixSharp.Cake;

/// <summary>Keeps stores whole and small.</summary>
[CakeAliasCategory("Nix")]
public static class NixStoreCareAliases
{
    /// <summary>Checks that what is valid in a store is there and, unless told otherwise, that it is unchanged; fails where it is not.</summary>
    /// <example><code>NixStoreVerify(new NixStoreVerifySettings { Store = "./store" });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Store")]
    [CakeNamespaceImport("NixSharp.Stores")]
    public static VerifyResult NixStoreVerify(this ICakeContext context, NixStoreVerifySettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return StoreRunner.Run(context, settings, async store =>
        {
            var substituters = new List<INixStore>();
            try
            {
                foreach (var uri in settings.RepairFrom)
                {
                    substituters.Add(await NixStore.OpenAsync(StoreRunner.FullUri(context, uri)).ConfigureAwait(false));
                }

                var options = new VerifyOptions { CheckContents = settings.CheckContents, Repair = substituters.Count > 0, Substituters = substituters };
                var result = await store.Require<IStoreVerifier>("verify itself").VerifyAsync(options).ConfigureAwait(false);
                context.Log.Information("{0} paths checked, {1} repaired", result.PathsChecked, result.Repaired.Count);
                result.RefuseIfDamaged(store.Uri);
                return result;
            }
            finally
            {
                foreach (var substituter in substituters)
                {
                    await substituter.DisposeAsync().ConfigureAwait(false);
                }
            }
        });
    }

    /// <summary>Hard-links equal files of a store, as <c>nix store optimise</c> does.</summary>
    /// <example><code>NixStoreOptimise(new NixSettings { Store = "./store" });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Store")]
    [CakeNamespaceImport("NixSharp.Stores")]
    public static OptimiseResult NixStoreOptimise(this ICakeContext context, NixSettings settings) => StoreRunner.Run(context, settings, async store =>
    {
        var result = await store.Require<IStoreOptimiser>("link equal files").OptimiseAsync().ConfigureAwait(false);
        context.Log.Information("{0} files linked, {1} freed", result.FilesLinked, ByteSize.Format(result.BytesFreed));
        return result;
    });

    /// <summary>Deletes all that no root of a store needs.</summary>
    /// <example><code>NixCollectGarbage(new NixCollectGarbageSettings { Store = "./store", DryRun = true });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Store")]
    [CakeNamespaceImport("NixSharp.Stores")]
    public static GarbageResult NixCollectGarbage(this ICakeContext context, NixCollectGarbageSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return StoreRunner.Run(context, settings, async store =>
        {
            var options = new GarbageOptions { DryRun = settings.DryRun, MaxFreed = settings.MaxFreed, KeepOutputs = settings.KeepOutputs, KeepDerivations = settings.KeepDerivations };
            var result = await store.Require<IGarbageCollector>("collect garbage").CollectGarbageAsync(options).ConfigureAwait(false);
            context.Log.Information("{0} paths, {1} {2}", result.Paths.Count, ByteSize.Format(result.BytesFreed), settings.DryRun ? "would be freed" : "freed");
            return result;
        });
    }
}
