using NixSharp.Files;

namespace NixSharp.Stores.Caches;

/// <summary>A file on its way into a cache in a folder.</summary>
internal sealed class FolderUpload : CacheUpload
{
    private readonly CacheFolder _folder;
    private readonly FileStream _stream;
    private readonly string _staged;
    private bool _isOver;

    public FolderUpload(CacheFolder folder)
    {
        _folder = folder;
        (_staged, _stream) = folder.Stage();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _stream.Write(buffer);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(_folder.Root, error);
        }
    }

    public override void Flush() => _stream.Flush();

    public override Task CommitAsync(string name, CacheFileType type, ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            _stream.Dispose();
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(_folder.Root, error);
        }

        _folder.Place(_staged, name);
        _isOver = true;
        return Task.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isOver)
        {
            _isOver = true;
            try
            {
                _stream.Dispose();
            }
            catch (Exception error) when (FileErrors.IsFromSystem(error))
            {
                // What could not be written any more is deleted now.
            }

            _folder.Discard(_staged);
        }

        base.Dispose(disposing);
    }
}
