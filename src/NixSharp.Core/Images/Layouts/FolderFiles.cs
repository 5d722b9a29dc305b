namespace NixSharp.Images.Layouts;

/// <summary>The files of an OCI layout in a folder. Names come from digests and constants only, never from an image.</summary>
internal sealed class FolderFiles : ImageFiles
{
    public FolderFiles(string folder)
    {
        Location = folder;
    }

    public override string Location { get; }

    public static FolderFiles Open(string folder, ImageLimits limits) => Directory.Exists(folder)
        ? new FolderFiles(folder) { Limits = limits }
        : throw new ImageException(NixErrorCodes.ImageNotFound, $"There is no image at {folder}: it is no folder. Check the path, and that what makes the image has run.");

    public override Stream? TryOpen(string name, out long size)
    {
        var path = Path.Combine(Location, name);
        size = 0;
        if (!File.Exists(path))
        {
            return null;
        }

        var file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        size = file.Length;
        return file;
    }

    public override void Dispose()
    {
        // Each file is opened when it is read.
    }
}
