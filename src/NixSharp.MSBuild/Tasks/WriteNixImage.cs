using Microsoft.Build.Framework;
using NixSharp.Images;
using NixSharp.Images.Oci;
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

    private protected override Task<IReadOnlyList<NixItem>> UseAsync(ContainerImage image, CancellationToken cancellationToken) => WriteAsync(async location =>
    {
        var result = await image.WriteAsync(location, cancellationToken: cancellationToken).ConfigureAwait(false);
        return (result.ManifestDigest, [result]);
    });

    private protected override Task<IReadOnlyList<NixItem>> UseAsync(ImageIndex index, CancellationToken cancellationToken) => WriteAsync(async location =>
    {
        var result = await index.WriteAsync(location, cancellationToken: cancellationToken).ConfigureAwait(false);
        return (result.Digest, result.Images);
    });

    private async Task<IReadOnlyList<NixItem>> WriteAsync(Func<ImageLocation, Task<(OciDigest? Digest, IReadOnlyList<WriteResult> Images)>> write)
    {
        var made = new MadeFiles(PathOf(MadeFile));
        List<NixItem> items = [];
        foreach (var location in Outputs.Select(ImageLocation.Parse).SelectMany(Locate))
        {
            var isOurs = made.MayClaim(location);
            var (digest, images) = await write(location).ConfigureAwait(false);
            if (isOurs)
            {
                made.Add(location, digest, images);
            }

            items.Add(new NixItem(
                location.Path,
                ("Location", location.ToString()),
                ("Reference", location.Reference ?? ""),
                ("ManifestDigest", $"{digest}"),
                ("ConfigDigest", images.Count == 1 ? $"{images[0].ConfigDigest}" : "")));
            Log.LogMessage(
                MessageImportance.High,
                "{0} -> {1} ({2}, {3} of {4} layers new)",
                Repository,
                location,
                digest ?? images[0].ConfigDigest,
                images.Sum(image => image.Layers.Count(layer => !layer.Reused)),
                images.Sum(image => image.Layers.Count));
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
