namespace NixSharp.Images.Layouts;

/// <summary>A file that is written beside its place and moved there when it is whole; deleted if it never is.</summary>
internal sealed class StagedFile : IAsyncDisposable
{
    private readonly string _temporary;
    private bool _isPlaced;

    public StagedFile(string folder)
    {
        _temporary = Path.Combine(folder, $".tmp-{Guid.NewGuid():N}");
        Stream = new FileStream(_temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
        });
    }

    public FileStream Stream { get; }

    /// <summary>Has the contents on disk, then gives them their name, in place of what had it.</summary>
    public async Task PlaceAsync(string path)
    {
        Stream.Flush(flushToDisk: true);
        await Stream.DisposeAsync().ConfigureAwait(false);
        File.Move(_temporary, path, overwrite: true);
        _isPlaced = true;
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync().ConfigureAwait(false);
        if (!_isPlaced)
        {
            File.Delete(_temporary);
        }
    }
}
