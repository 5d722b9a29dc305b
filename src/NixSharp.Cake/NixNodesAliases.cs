using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.GitOps.Nodes;
using NixSharp.Stores;

namespace NixSharp.Cake;

/// <summary>Machines that are made from images.</summary>
[CakeAliasCategory("Nix")]
public static class NixNodesAliases
{
    /// <summary>Writes a flake that makes an image and a configuration for each machine that a file describes.</summary>
    /// <returns>The files that changed.</returns>
    /// <example><code>NixNodesFlake("nodes.json", ".");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    public static IReadOnlyList<string> NixNodesFlake(this ICakeContext context, string file, string folder)
    {
        ArgumentNullException.ThrowIfNull(context);
        return StoreRunner.Run(async () =>
        {
            var flake = await NodeFlake.ReadAsync(StoreRunner.FullPath(context, file)!).ConfigureAwait(false);
            return await flake.WriteAsync(StoreRunner.FullPath(context, folder)!).ConfigureAwait(false);
        });
    }

    /// <summary>Builds the image of a machine, and puts it, decompressed and with holes, into a file.</summary>
    /// <example><code>NixDiskImage(".#web", "web.img", new NodeImageOptions(), new NixFlakeSettings());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Disks")]
    [CakeNamespaceImport("NixSharp.GitOps.Nodes")]
    [CakeNamespaceImport("NixSharp.Disks.Formats")]
    public static NodeImageResult NixDiskImage(this ICakeContext context, string installable, string file, NodeImageOptions options, NixFlakeSettings settings) =>
        StoreRunner.Run(context, settings, async (INixStore store) =>
        {
            var files = store.Require<IFileSystemStore>("keep files on this machine");
            var result = await NodeImage.BuildAsync(NixFlakeAliases.MakeClient(context, settings, store), files, installable, StoreRunner.FullPath(context, file)!, options, new CakeLog(context.Log)).ConfigureAwait(false);
            context.Log.Information("{0} -> {1}", installable, result.Path);
            return result;
        });
}
