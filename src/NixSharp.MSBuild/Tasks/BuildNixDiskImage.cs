using Microsoft.Build.Framework;
using NixSharp.Disks.Formats;
using NixSharp.GitOps.Nodes;
using NixSharp.Hashing;
using NixSharp.MSBuild.Items;
using NixSharp.Stores;

namespace NixSharp.MSBuild;

/// <summary>Builds the disk image of a machine, and puts it into a file.</summary>
[MSBuildMultiThreadableTask]
public sealed class BuildNixDiskImage : NixFlakeTask
{
    /// <summary>The image, as on nix's command line.</summary>
    [Required]
    public string Installable { get; set; } = "";

    /// <summary>The file to write.</summary>
    [Required]
    public string Output { get; set; } = "";

    /// <summary>The format of the image.</summary>
    public string? Format { get; set; }

    /// <summary>The system of the machine.</summary>
    public string? System { get; set; }

    /// <summary>The container engine to build with; none builds with nix.</summary>
    public string? Engine { get; set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var options = new NodeImageOptions
            {
                Format = ImageFormats.Default[NullIfEmpty(Format) ?? "raw-efi"],
                System = NullIfEmpty(System),
                Container = NullIfEmpty(Engine) is { } engine ? new NodeContainer { Engine = engine } : null,
            };
            var log = new InlineProgress<string>(line => Log.LogMessage(MessageImportance.Normal, "{0}", line));
            var files = store.Require<IFileSystemStore>("keep files on this machine");
            var result = await NodeImage.BuildAsync(MakeClient(store), files, Installable, PathOf(Output), options, log, cancellationToken).ConfigureAwait(false);
            ItemFile.WriteWhenDifferent(
                PathOf(ItemsFile),
                [new NixItem(result.Path, ("Source", result.Source), ("Size", $"{result.Size}"), ("Hash", result.Hash.ToString(HashFormat.Sri)))]);
            Log.LogMessage(MessageImportance.High, "{0} -> {1}", Installable, result.Path);
        }
    }
}
