using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Copying;

namespace NixSharp.Cake;

/// <summary>Copies closures between stores, and explains them.</summary>
[CakeAliasCategory("Nix")]
public static class NixCopyAliases
{
    /// <summary>Copies a store path and all that it needs to another store, such as a binary cache.</summary>
    /// <example><code>NixCopy([app], "file:///srv/cache");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Store")]
    [CakeNamespaceImport("NixSharp.Stores.Copying")]
    public static CopyResult NixCopy(this ICakeContext context, IReadOnlyList<StorePath> paths, string destination) =>
        NixCopy(context, paths, destination, new NixCopySettings());

    /// <summary>Copies store paths to another store.</summary>
    /// <example><code>NixCopy([app], "./other-store", new NixCopySettings { CheckSignatures = false });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Store")]
    [CakeNamespaceImport("NixSharp.Stores.Copying")]
    public static CopyResult NixCopy(this ICakeContext context, IReadOnlyList<StorePath> paths, string destination, NixCopySettings settings)
    {
        ArgumentException.ThrowIfNullOrEmpty(destination);
        ArgumentNullException.ThrowIfNull(settings);
        return StoreRunner.Run(context, settings, async source =>
        {
            var store = await NixStore.OpenAsync(StoreRunner.FullUri(context, destination)).ConfigureAwait(false);
            await using (store.ConfigureAwait(false))
            {
                var options = new CopyOptions { Recursive = settings.Recursive, CheckSignatures = settings.CheckSignatures, DryRun = settings.DryRun };
                var result = await source.CopyToAsync(store, paths, options).ConfigureAwait(false);
                context.Log.Information("{0} paths, {1} bytes -> {2}", result.Copied.Count, result.NarSize, store.Uri);
                return result;
            }
        });
    }

    /// <summary>Finds through what a store path needs another.</summary>
    /// <example><code>Information(NixWhyDepends(app, glibc));</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Store")]
    [CakeNamespaceImport("NixSharp.Closures")]
    public static WhyDepends NixWhyDepends(this ICakeContext context, StorePath path, StorePath dependency) =>
        NixWhyDepends(context, path, dependency, new NixSettings());

    /// <summary>Finds through what a store path needs another, in a store of its own.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("Store")]
    [CakeNamespaceImport("NixSharp.Closures")]
    public static WhyDepends NixWhyDepends(this ICakeContext context, StorePath path, StorePath dependency, NixSettings settings) =>
        StoreRunner.Run(context, settings, store => WhyDepends.FindAsync(store, path, dependency));
}
