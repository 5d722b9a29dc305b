namespace NixSharp.Stores.Caches;

/// <summary>The files of a cache in a folder of this machine.</summary>
internal sealed class FolderCacheFiles(string root, string place) : ICacheFiles, IDisposable
{
    private readonly CacheFolder _folder = CacheFolder.At(root);
    private volatile bool _isWritten;

    public string Place { get; } = place;

    public Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CacheFileName.Check(name, Place);
        return Task.FromResult<Stream?>(_folder.Open(name));
    }

    public Task<bool> ExistsAsync(string name, long? size, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CacheFileName.Check(name, Place);
        return Task.FromResult(_folder.SizeOf(name) is { } found && found == (size ?? found));
    }

    public CacheUpload Begin()
    {
        _isWritten = true;
        return new FolderUpload(_folder);
    }

    public async Task WriteAsync(string name, ReadOnlyMemory<byte> contents, CacheFileType type, CancellationToken cancellationToken)
    {
        CacheFileName.Check(name, Place);
        var upload = Begin();
        await using (upload.ConfigureAwait(false))
        {
            upload.Write(contents.Span);
            await upload.CommitAsync(name, type, default, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task SyncAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_isWritten)
        {
            _isWritten = false;
            _folder.Sync();
        }

        return Task.CompletedTask;
    }

    /// <summary>The names of the cache's narinfo files.</summary>
    public IEnumerable<string> ListNarInfos() => _folder.List(".narinfo");

    public void Dispose() => _folder.Dispose();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
