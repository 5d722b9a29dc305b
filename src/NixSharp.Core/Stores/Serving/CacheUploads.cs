using System.Buffers;
using System.Security.Cryptography;
using NixSharp.Files;
using NixSharp.Hashing;

namespace NixSharp.Stores.Serving;

/// <summary>
/// The compressed NARs that clients upload before they say what they are. They lie in a folder of their own, which
/// nobody reads, and which goes when the server stops.
/// </summary>
internal sealed class CacheUploads : IDisposable
{
    private const int BufferSize = 128 * 1024;
    private const int HashLength = 52;
    private const int MaxFinished = 1_000_000;

    // A client sends the narinfo right after the NAR, unless it died.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly Dictionary<string, CacheUpload> _uploads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CacheRoute.Nar> _finished = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly long _maxSize;
    private long _size;

    public CacheUploads(string? folder, long maxSize)
    {
        _folder = Path.Combine(folder ?? Path.GetTempPath(), $"nixsharp-uploads-{Guid.NewGuid():N}");
        _maxSize = maxSize;
        try
        {
            Directory.CreateDirectory(_folder);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(_folder, error);
        }
    }

    public CacheUpload? Find(string name)
    {
        lock (_lock)
        {
            return _uploads.GetValueOrDefault(name);
        }
    }

    /// <summary>Takes a NAR in, under the name that the client gave it.</summary>
    /// <exception cref="NixStoreException">There is no room, or the name holds another hash.</exception>
    public async Task AddAsync(string name, Stream body, CancellationToken cancellationToken)
    {
        var (file, size) = (Path.Combine(_folder, Guid.NewGuid().ToString("N")), 0L);
        RemoveOld();
        try
        {
            var hash = await WriteAsync().ConfigureAwait(false);
            if (name.Length > HashLength && NixHash.TryParse(name.AsSpan(0, HashLength), NixHashAlgorithm.Sha256, out var announced) && announced != hash)
            {
                throw Refuse($"nar/{name}", $"its hash is {hash.ToString(HashFormat.Nix32)}");
            }

            lock (_lock)
            {
                RemoveLocked(name);
                _uploads[name] = new CacheUpload(file, hash, size, DateTimeOffset.UtcNow);
            }
        }
        catch (Exception error)
        {
            File.Delete(file);
            Interlocked.Add(ref _size, -size);
            if (FileErrors.IsFromSystem(error) && !cancellationToken.IsCancellationRequested)
            {
                throw FileErrors.Writing(file, error);
            }

            throw;
        }

        async Task<NixHash> WriteAsync()
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            var output = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.Asynchronous });
            await using (output.ConfigureAwait(false))
            {
                while (await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
                {
                    size += count;
                    if (Interlocked.Add(ref _size, count) > _maxSize)
                    {
                        throw Refuse($"nar/{name}", $"there is no room: uploads may take {_maxSize} bytes until they are checked");
                    }

                    hash.AppendData(buffer, 0, count);
                    await output.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                }
            }

            ArrayPool<byte>.Shared.Return(buffer);
            return new NixHash(NixHashAlgorithm.Sha256, hash.GetHashAndReset());
        }
    }

    /// <summary>The NAR that an upload became.</summary>
    public CacheRoute.Nar? FindFinished(string name)
    {
        lock (_lock)
        {
            return _finished.GetValueOrDefault(name);
        }
    }

    /// <summary>Deletes an upload, and remembers what it became.</summary>
    public void Finish(string name, CacheRoute.Nar nar)
    {
        lock (_lock)
        {
            RemoveLocked(name);
            if (_finished.Count >= MaxFinished)
            {
                _finished.Clear();
            }

            _finished[name] = nar;
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    internal static NixStoreException Refuse(string what, string why) => new(
        NixErrorCodes.UploadRefused,
        $"The upload of {what} was refused: {why}. Nothing was added.");

    private void RemoveOld()
    {
        lock (_lock)
        {
            foreach (var name in _uploads.Where(static pair => DateTimeOffset.UtcNow - pair.Value.Arrived > Lifetime).Select(static pair => pair.Key).ToList())
            {
                RemoveLocked(name);
            }
        }
    }

    private void RemoveLocked(string name)
    {
        if (_uploads.Remove(name, out var upload))
        {
            File.Delete(upload.File);
            Interlocked.Add(ref _size, -upload.Size);
        }
    }
}
