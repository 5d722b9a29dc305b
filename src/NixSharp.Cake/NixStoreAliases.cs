using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using NixSharp.Closures;
using NixSharp.DotNet;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Cake;

/// <summary>Adds to stores, and asks them.</summary>
[CakeAliasCategory("Nix")]
public static class NixStoreAliases
{
    /// <summary>Adds a folder, or a file, to the store; the same store path as <c>nix-store --add</c> gives.</summary>
    /// <example><code>var app = NixStoreAdd("./publish");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Store")]
    [CakeNamespaceImport("NixSharp.StorePaths")]
    public static StorePath NixStoreAdd(this ICakeContext context, DirectoryPath source) =>
        NixStoreAdd(context, source, new NixStoreAddSettings());

    /// <summary>Adds a folder, or a file, to the store.</summary>
    /// <example><code>var app = NixStoreAdd("./publish", new NixStoreAddSettings { Name = "hello-1.0" });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Store")]
    [CakeNamespaceImport("NixSharp.StorePaths")]
    public static StorePath NixStoreAdd(this ICakeContext context, DirectoryPath source, NixStoreAddSettings settings)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(settings);
        return StoreRunner.Run(context, settings, async store =>
        {
            var full = source.MakeAbsolute(context.Environment).FullPath;
            var options = new AddOptions { ReferenceCandidates = settings.ReferenceCandidates };
            var path = settings.Split
                ? await store.AddPublishOutputAsync(full, settings.Name ?? source.GetDirectoryName(), options).ConfigureAwait(false)
                : await store.AddAsync(full, settings.Name, options).ConfigureAwait(false);
            if (StoreRunner.FullPath(context, settings.Root) is { } root)
            {
                await store.Require<IStoreRoots>("keep GC roots").AddRootAsync(root, path).ConfigureAwait(false);
            }

            context.Log.Information("{0} -> {1}", full, path);
            return path;
        });
    }

    /// <summary>The closure of a store path: all that it needs, with sizes.</summary>
    /// <example><code>Information(NixClosure(app).NarSize);</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Store")]
    [CakeNamespaceImport("NixSharp.Closures")]
    public static Closure NixClosure(this ICakeContext context, StorePath path) =>
        NixClosure(context, [path], new NixSettings());

    /// <summary>The closure of several store paths.</summary>
    /// <remarks>The store is closed again; the closure tells what it found in it.</remarks>
    [CakeMethodAlias]
    [CakeAliasCategory("Store")]
    [CakeNamespaceImport("NixSharp.Closures")]
    public static Closure NixClosure(this ICakeContext context, IReadOnlyList<StorePath> paths, NixSettings settings) =>
        StoreRunner.Run(context, settings, store => store.GetClosureAsync(paths));
}
