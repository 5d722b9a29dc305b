namespace NixSharp.Stores.Caches;

/// <summary>The files of a binary cache, wherever they lie. Names are relative, with slashes. Safe for use by several threads.</summary>
internal interface ICacheFiles : IAsyncDisposable
{
    /// <summary>The cache's URI without secrets, for messages.</summary>
    string Place { get; }

    /// <summary>Opens a file, to be read once from its start; null where there is none.</summary>
    Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken);

    /// <summary>Whether there is a file. Where its size can be told as cheaply, it must be <paramref name="size"/>, unless that is null.</summary>
    Task<bool> ExistsAsync(string name, long? size, CancellationToken cancellationToken);

    /// <summary>Begins a file whose name is decided in the end.</summary>
    CacheUpload Begin();

    /// <summary>Writes a small file whole, in place of what is there.</summary>
    Task WriteAsync(string name, ReadOnlyMemory<byte> contents, CacheFileType type, CancellationToken cancellationToken);

    /// <summary>Makes what was written outlast a crash of the machine, where that is this one's affair.</summary>
    Task SyncAsync(CancellationToken cancellationToken);
}
