namespace NixSharp.Disks.Writing;

/// <summary>An image that was decompressed to be looked at, and is deleted afterwards.</summary>
internal sealed class TemporaryImage : IDisposable
{
    private readonly string _folder;

    private TemporaryImage(string folder)
    {
        _folder = folder;
        Path = System.IO.Path.Combine(folder, "image");
    }

    public string Path { get; }

    public static async Task<TemporaryImage> DecompressAsync(string path, IProgress<NixProgress>? progress, CancellationToken cancellationToken)
    {
        var image = new TemporaryImage(Directory.CreateTempSubdirectory("nixsharp-disk-").FullName);
        try
        {
            await ImageDecompressor.DecompressAsync(path, image.Path, new DecompressOptions { Progress = progress, ComputeHash = false }, cancellationToken).ConfigureAwait(false);
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
