using System.Globalization;
using Microsoft.Build.Framework;
using NixSharp.DotNet;
using NixSharp.MSBuild.Items;
using NixSharp.Stores;

namespace NixSharp.MSBuild;

/// <summary>Adds a folder to a store, and keeps it from being collected.</summary>
[MSBuildMultiThreadableTask]
public sealed class AddToNixStore : NixStoreTask
{
    /// <summary>The folder.</summary>
    [Required]
    public string Source { get; set; } = "";

    /// <summary>Whether packages and the runtime become store paths of their own.</summary>
    public bool Split { get; set; }

    /// <summary>The name that its store path gets.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>The symlink to the store path that keeps it from being collected.</summary>
    [Required]
    public string Root { get; set; } = "";

    /// <summary>Gets the real path of the store object, so that a later build sees that it is gone; empty if it has none here.</summary>
    [Required]
    public string RealPathFile { get; set; } = "";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var path = Split
                ? await store.AddPublishOutputAsync(PathOf(Source), Name, cancellationToken: cancellationToken).ConfigureAwait(false)
                : await store.AddAsync(PathOf(Source), Name, cancellationToken: cancellationToken).ConfigureAwait(false);
            await store.Require<IStoreRoots>("keep GC roots").AddRootAsync(PathOf(Root), path, cancellationToken).ConfigureAwait(false);
            var info = await store.QueryPathInfoAsync(path, cancellationToken).ConfigureAwait(false);
            var real = store is IFileSystemStore files ? files.GetRealPath(path) : "";
            ItemFile.WriteWhenDifferent(PathOf(ItemsFile), [
                new NixItem(
                    path.ToString(),
                    ("Store", store.Uri),
                    ("RealPath", real),
                    ("NarHash", $"{info?.NarHash}"),
                    ("NarSize", string.Create(CultureInfo.InvariantCulture, $"{info?.NarSize}"))),
            ]);
            ItemFile.WriteAtomically(PathOf(RealPathFile), real);
            Log.LogMessage(MessageImportance.High, $"{Name} -> {path}");
        }
    }
}
