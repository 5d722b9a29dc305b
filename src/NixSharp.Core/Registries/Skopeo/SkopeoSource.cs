using NixSharp.Images;
using NixSharp.Images.Layouts;

namespace NixSharp.Registries.Skopeo;

/// <summary>
/// An image that skopeo is to read, in a form that it can. Debian's skopeo 1.9.3 reads no gzipped docker archive, which
/// is what <c>nix build</c> of a dockerTools image leaves: such a one is unpacked first.
/// </summary>
internal sealed class SkopeoSource : IDisposable
{
    private const string DockerArchive = "docker-archive:";
    private static readonly Version FirstToReadGzip = new(1, 10);
    private readonly DirectoryInfo? _folder;

    private SkopeoSource(string image, DirectoryInfo? folder = null)
    {
        Image = image;
        _folder = folder;
    }

    /// <summary>The image, with its transport.</summary>
    public string Image { get; }

    public static async Task<SkopeoSource> OpenAsync(string image, SkopeoClient skopeo, CancellationToken cancellationToken)
    {
        if (!image.StartsWith(DockerArchive, StringComparison.Ordinal) ||
            !ImageLocation.TryParse(image, out var location) ||
            !ArchiveFiles.IsGzipped(location.Path) ||
            await skopeo.GetVersionAsync(cancellationToken).ConfigureAwait(false) >= FirstToReadGzip)
        {
            return new SkopeoSource(image);
        }

        var folder = Directory.CreateTempSubdirectory("nixsharp-");
        var source = new SkopeoSource($"{DockerArchive}{Path.Combine(folder.FullName, "image.tar")}{image[(DockerArchive.Length + location.Path.Length)..]}", folder);
        try
        {
            await Task.Run(
                () => ArchiveFiles.Unpack(location.Path, Path.Combine(folder.FullName, "image.tar"), new ImageLimits().MaxUnpackedSize, cancellationToken),
                cancellationToken).ConfigureAwait(false);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public void Dispose() => _folder?.Delete(recursive: true);
}
