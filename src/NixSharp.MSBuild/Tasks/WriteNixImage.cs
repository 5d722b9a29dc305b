using Microsoft.Build.Framework;
using NixSharp.Images;
using NixSharp.MSBuild.Items;

namespace NixSharp.MSBuild;

/// <summary>Makes an image and writes it to folders and files.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteNixImage : NixImageTask
{
    /// <summary>Where to: <c>oci:FOLDER</c>, <c>oci-archive:FILE</c> or <c>docker-archive:FILE</c>, each with a <c>:REFERENCE</c> or without.</summary>
    [Required]
    public string[] Outputs { get; set; } = [];

    /// <summary>Gets the paths of all that was made, so that it can be deleted again.</summary>
    [Required]
    public string MadeFile { get; set; } = "";

    private protected override async Task<IReadOnlyList<NixItem>> UseAsync(ContainerImage image, CancellationToken cancellationToken)
    {
        var made = new MadeFiles(PathOf(MadeFile));
        List<NixItem> items = [];
        foreach (var location in Outputs.Select(ImageLocation.Parse).SelectMany(Locate))
        {
            var isOurs = made.MayClaim(location);
            var result = await image.WriteAsync(location, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (isOurs)
            {
                made.Add(location, result);
            }

            items.Add(new NixItem(
                location.Path,
                ("Location", location.ToString()),
                ("Reference", location.Reference ?? ""),
                ("ManifestDigest", $"{result.ManifestDigest}"),
                ("ConfigDigest", $"{result.ConfigDigest}")));
            Log.LogMessage(
                MessageImportance.High,
                "{0} -> {1} ({2}, {3} of {4} layers new)",
                Repository,
                location,
                result.ManifestDigest ?? result.ConfigDigest,
                result.Layers.Count(layer => !layer.Reused),
                result.Layers.Count);
        }

        return items;
    }

    /// <summary>An output without a reference gets the image's name and tags.</summary>
    private IEnumerable<ImageLocation> Locate(ImageLocation output)
    {
        var path = PathOf(output.Path);
        return output switch
        {
            { Reference: { } reference } => [new ImageLocation(output.Transport, path, reference)],
            { Transport: ImageTransport.Oci } => Tags.Select(tag => new ImageLocation(output.Transport, path, tag)),
            { Transport: ImageTransport.OciArchive } => [new ImageLocation(output.Transport, path, Tags[0])],
            _ => [new ImageLocation(output.Transport, path, $"{Repository}:{Tags[0]}")],
        };
    }
}
