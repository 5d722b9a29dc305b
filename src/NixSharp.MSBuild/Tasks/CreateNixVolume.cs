using Microsoft.Build.Framework;
using NixSharp.Closures;
using NixSharp.MSBuild.Items;
using NixSharp.Volumes;

namespace NixSharp.MSBuild;

/// <summary>Makes a volume of store paths, in place of the one that an earlier build made.</summary>
[MSBuildMultiThreadableTask]
public sealed class CreateNixVolume : NixStoreTask
{
    /// <summary>The file with the store paths that the volume is for.</summary>
    [Required]
    public string RootItems { get; set; } = "";

    /// <summary>Where the volume will be.</summary>
    [Required]
    public string Directory { get; set; } = "";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var closure = await store.GetClosureAsync(ReadRoots(store, RootItems), cancellationToken).ConfigureAwait(false);
            await MadeVolume.DeleteAsync(PathOf(ItemsFile), cancellationToken).ConfigureAwait(false);
            var volume = await StoreVolume.CreateAsync(closure, PathOf(Directory), cancellationToken: cancellationToken).ConfigureAwait(false);
            ItemFile.Write(PathOf(ItemsFile), [new NixItem(volume.Path, ("Roots", string.Join(';', volume.Roots)))]);
            Log.LogMessage(
                MessageImportance.High,
                "{0} -> {1} ({2} files linked, {3} copied)",
                string.Join(' ', closure.Roots.Select(root => root.Name)),
                volume.Path,
                volume.Report?.LinkedFiles,
                (volume.Report?.CopiedFiles + volume.Report?.ClonedFiles));
        }
    }
}
