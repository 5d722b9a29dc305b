using NixSharp.Volumes;

namespace NixSharp.MSBuild.Items;

/// <summary>The volume that an earlier build made, if there is one.</summary>
internal static class MadeVolume
{
    /// <summary>Deletes it, and the note of it; leaves alone what is not a volume any more.</summary>
    public static async Task DeleteAsync(string itemsFile, CancellationToken cancellationToken)
    {
        if (!File.Exists(itemsFile))
        {
            return;
        }

        foreach (var item in ItemFile.Read(itemsFile).Where(item => Directory.Exists(item.ItemSpec)))
        {
            var volume = await StoreVolume.OpenAsync(item.ItemSpec, cancellationToken).ConfigureAwait(false);
            await volume.DeleteAsync(cancellationToken).ConfigureAwait(false);
        }

        File.Delete(itemsFile);
    }
}
