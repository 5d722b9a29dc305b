using NixSharp.Images.Tar;

namespace NixSharp.Images.Layouts;

/// <summary>Writes an archive beside its place, and moves it there when it is whole.</summary>
internal static class ArchiveFile
{
    public static async Task<T> WriteAsync<T>(
        ImageLocation destination,
        Func<ArchiveWriter, Task<T>> write,
        CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(destination.Path);
        if (Directory.Exists(path))
        {
            throw new ImageException(
                NixErrorCodes.ImageWriteFailed,
                $"The image cannot be written to {destination}, because there is a folder by that name. Give the name of a file.");
        }

        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var file = new StagedFile(folder);
        await using (file.ConfigureAwait(false))
        {
            var archive = new ArchiveWriter(file.Stream);
            var result = await write(archive).ConfigureAwait(false);
            await archive.FinishAsync(cancellationToken).ConfigureAwait(false);
            await file.PlaceAsync(path).ConfigureAwait(false);
            return result;
        }
    }
}
