using System.Globalization;
using Microsoft.Build.Framework;
using NixSharp.MSBuild.Items;
using NixSharp.Stores;
using NixSharp.Stores.Copying;

namespace NixSharp.MSBuild;

/// <summary>Copies the closure of store paths to other stores.</summary>
[MSBuildMultiThreadableTask]
public sealed class CopyNixClosure : NixStoreTask
{
    /// <summary>The file with the store paths to copy.</summary>
    [Required]
    public string RootItems { get; set; } = "";

    /// <summary>The stores to copy to, as Nix store URIs; one that starts with a dot is a folder in the project.</summary>
    [Required]
    public string[] Destinations { get; set; } = [];

    /// <summary>Whether the destinations ask for a signature that they trust, where they ask for any.</summary>
    public bool CheckSignatures { get; set; } = true;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var source = await OpenStoreAsync(cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            var roots = ReadRoots(source, RootItems);
            var copied = new List<NixItem>();
            foreach (var uri in Destinations)
            {
                var destination = await NixStore.OpenAsync(uri.StartsWith('.') ? PathOf(uri) : uri, cancellationToken: cancellationToken).ConfigureAwait(false);
                await using (destination.ConfigureAwait(false))
                {
                    var result = await source.CopyToAsync(destination, roots, new CopyOptions { CheckSignatures = CheckSignatures }, cancellationToken).ConfigureAwait(false);
                    Log.LogMessage(MessageImportance.High, "{0} -> {1} ({2} paths copied, {3} were there)", string.Join(' ', roots.Select(static root => root.Name)), destination.Uri, result.Copied.Count, result.AlreadyThere);
                    copied.AddRange(roots.Select(root => new NixItem(
                        root.ToString(),
                        ("Store", destination.Uri),
                        ("PathsCopied", result.Copied.Count.ToString(CultureInfo.InvariantCulture)),
                        ("BytesCopied", result.NarSize.ToString(CultureInfo.InvariantCulture)))));
                }
            }

            ItemFile.Write(PathOf(ItemsFile), copied);
        }
    }
}
