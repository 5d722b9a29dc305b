using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Volumes;

namespace NixSharp.Cake;

/// <summary>Makes and deletes volumes: closures in a folder of their own, by hard links.</summary>
[CakeAliasCategory("Nix")]
public static class NixVolumeAliases
{
    /// <summary>Makes a volume of a store path and all that it needs.</summary>
    /// <example><code>NixVolumeCreate(app, "./volume");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Volumes")]
    [CakeNamespaceImport("NixSharp.Volumes")]
    public static StoreVolume NixVolumeCreate(this ICakeContext context, StorePath path, DirectoryPath folder) =>
        NixVolumeCreate(context, [path], folder, new NixSettings());

    /// <summary>Makes a volume of store paths and all that they need.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("Volumes")]
    [CakeNamespaceImport("NixSharp.Volumes")]
    public static StoreVolume NixVolumeCreate(this ICakeContext context, IReadOnlyList<StorePath> paths, DirectoryPath folder, NixSettings settings)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return StoreRunner.Run(context, settings, async store =>
        {
            var closure = await store.GetClosureAsync(paths).ConfigureAwait(false);
            var volume = await StoreVolume.CreateAsync(closure, folder.MakeAbsolute(context.Environment).FullPath).ConfigureAwait(false);
            context.Log.Information("{0} -> {1}", string.Join(' ', paths), volume.Path);
            return volume;
        });
    }

    /// <summary>Deletes a volume; the store's own files are untouched.</summary>
    /// <example><code>NixVolumeDelete("./volume");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Volumes")]
    public static void NixVolumeDelete(this ICakeContext context, DirectoryPath folder) =>
        Run(context, folder, static async volume =>
        {
            await volume.DeleteAsync().ConfigureAwait(false);
            return true;
        });

    /// <summary>Measures a volume: what it shares with stores and other volumes, and what it has alone.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("Volumes")]
    [CakeNamespaceImport("NixSharp.Volumes")]
    public static VolumeStatistics NixVolumeStats(this ICakeContext context, DirectoryPath folder) =>
        Run(context, folder, static volume => volume.GetStatisticsAsync());

    /// <summary>Checks that a volume is whole; an error where it is not.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("Volumes")]
    [CakeNamespaceImport("NixSharp.Volumes")]
    public static void NixVolumeVerify(this ICakeContext context, DirectoryPath folder, VolumeVerifyOptions options) =>
        Run(context, folder, async volume =>
        {
            (await volume.VerifyAsync(options).ConfigureAwait(false)).RefuseIfDamaged();
            return true;
        });

    private static T Run<T>(ICakeContext context, DirectoryPath folder, Func<StoreVolume, Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(folder);
        return StoreRunner.Run(async () =>
            await work(await StoreVolume.OpenAsync(folder.MakeAbsolute(context.Environment).FullPath).ConfigureAwait(false)).ConfigureAwait(false));
    }
}
