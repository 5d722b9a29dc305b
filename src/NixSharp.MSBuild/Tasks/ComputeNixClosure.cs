using System.Globalization;
using Microsoft.Build.Framework;
using NixSharp.Closures;
using NixSharp.MSBuild.Items;

namespace NixSharp.MSBuild;

/// <summary>Lists the closure of store paths, with sizes.</summary>
[MSBuildMultiThreadableTask]
public sealed class ComputeNixClosure : NixStoreTask
{
    /// <summary>The file with the paths to start from.</summary>
    [Required]
    public string RootItems { get; set; } = "";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var closure = await store.GetClosureAsync(ReadRoots(store, RootItems), cancellationToken).ConfigureAwait(false);
            var sizes = closure.ComputeSizes();
            ItemFile.Write(PathOf(ItemsFile), closure.Paths.Select(info => new NixItem(
                info.Path.ToString(),
                ("NarHash", info.NarHash.ToString()),
                ("NarSize", info.NarSize.ToString(CultureInfo.InvariantCulture)),
                ("ClosureSize", sizes[info.Path].ToString(CultureInfo.InvariantCulture)),
                ("References", string.Join(';', info.References)))));
            Log.LogMessage(MessageImportance.High, $"{string.Join(' ', closure.Roots)}: {closure.Paths.Count} store paths, {closure.NarSize} bytes");
        }
    }
}
