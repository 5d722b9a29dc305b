using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Volumes;

namespace NixSharp.Cake;

/// <summary>Volumes that have a name in a pool, and are mounted where they are needed. Mounting takes root and Linux.</summary>
[CakeAliasCategory("Nix")]
public static class NixVolumePoolAliases
{
    /// <summary>Makes a volume of a store path and all that it needs, or finds that it is there.</summary>
    /// <example><code>NixVolumeCreate(app, "web", new NixVolumePoolSettings { Pool = "/srv/volumes" });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Volumes")]
    [CakeNamespaceImport("NixSharp.Volumes")]
    public static PooledVolume NixVolumeCreate(this ICakeContext context, StorePath path, string name, NixVolumePoolSettings settings) =>
        Run(context, settings, async pool =>
        {
            var volume = await pool.Pool.CreateAsync(VolumeName.Parse(name), await pool.Store.GetClosureAsync(path).ConfigureAwait(false), settings.Volume).ConfigureAwait(false);
            context.Log.Information("{0} -> {1}", path, volume.Path);
            return volume;
        });

    /// <summary>Deletes a volume; one that is not there is no error.</summary>
    /// <returns>Whether there was one.</returns>
    [CakeMethodAlias]
    [CakeAliasCategory("Volumes")]
    public static bool NixVolumeDelete(this ICakeContext context, string name, NixVolumePoolSettings settings) =>
        Run(context, settings, pool => pool.Pool.DeleteAsync(VolumeName.Parse(name)));

    /// <summary>Lists the volumes of a pool.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("Volumes")]
    [CakeNamespaceImport("NixSharp.Volumes")]
    public static IReadOnlyList<PooledVolume> NixVolumeList(this ICakeContext context, NixVolumePoolSettings settings) =>
        Run(context, settings, static pool => pool.Pool.ListAsync());

    /// <summary>Mounts a volume at a folder, which is made if need be.</summary>
    /// <example><code>NixVolumeMount("web", "/run/web/nix", settings with { Mount = new VolumeMountOptions { ReadOnly = false } });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Volumes")]
    [CakeNamespaceImport("NixSharp.Volumes")]
    public static VolumeMount NixVolumeMount(this ICakeContext context, string name, DirectoryPath target, NixVolumePoolSettings settings)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Run(context, settings, pool => pool.Pool.MountAsync(VolumeName.Parse(name), target.MakeAbsolute(context.Environment).FullPath, settings.Mount));
    }

    /// <summary>Unmounts the volume at a folder; where nothing is mounted, nothing is done.</summary>
    /// <returns>Whether something was mounted.</returns>
    [CakeMethodAlias]
    [CakeAliasCategory("Volumes")]
    public static bool NixVolumeUnmount(this ICakeContext context, DirectoryPath target, NixVolumePoolSettings settings)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Run(context, settings, pool => pool.Pool.UnmountAsync(target.MakeAbsolute(context.Environment).FullPath));
    }

    private static T Run<T>(ICakeContext context, NixVolumePoolSettings settings, Func<(VolumePool Pool, Stores.INixStore Store), Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return StoreRunner.Run(context, settings, async store =>
            await work((await VolumePool.OpenAsync(StoreRunner.FullPath(context, settings.Pool)!, store).ConfigureAwait(false), store)).ConfigureAwait(false));
    }
}
