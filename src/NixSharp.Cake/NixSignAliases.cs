using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.Closures;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Cake;

/// <summary>Signs store paths.</summary>
[CakeAliasCategory("Nix")]
public static class NixSignAliases
{
    /// <summary>Signs store paths, as <c>nix store sign</c> does, so that others who know the key take them from a cache.</summary>
    /// <returns>The signature of each path.</returns>
    /// <example><code>NixSign([app], new NixSignSettings { KeyVariable = "SIGNING_KEY", Closure = true });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Store")]
    [CakeNamespaceImport("NixSharp.NarInfos")]
    [CakeNamespaceImport("NixSharp.StorePaths")]
    public static IReadOnlyDictionary<StorePath, Signature> NixSign(this ICakeContext context, IReadOnlyList<StorePath> paths, NixSignSettings settings)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        var file = StoreRunner.FullPath(context, settings.KeyFile);
        return StoreRunner.Run(context, settings, async store =>
        {
            var key = await SecretKey.ReadAsync(file, settings.KeyVariable).ConfigureAwait(false);
            IReadOnlyList<StorePath> chosen = settings.Closure
                ? [.. (await store.GetClosureAsync(paths).ConfigureAwait(false)).Paths.Select(static info => info.Path)]
                : paths;
            var signed = await store.SignAsync(chosen, key).ConfigureAwait(false);
            context.Log.Information("{0} store paths signed with {1}", signed.Count, key.Name);
            return (IReadOnlyDictionary<StorePath, Signature>)signed.ToDictionary();
        });
    }
}
