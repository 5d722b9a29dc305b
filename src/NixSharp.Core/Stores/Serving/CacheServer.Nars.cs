using System.Buffers;
using NixSharp.Compression;

namespace NixSharp.Stores.Serving;

public sealed partial class CacheServer
{
    private const string NarType = "application/x-nix-nar";
    private const int BufferSize = 128 * 1024;

    private async Task<CacheAnswer> ReadNarAsync(CacheRoute.Nar nar, CacheRequest request, CancellationToken cancellationToken)
    {
        // The hash in the name: what a client was told of must not become something else.
        if (await FindAsync(nar.HashPart, cancellationToken).ConfigureAwait(false) is not { } info || info.NarHash != nar.NarHash)
        {
            return NotFound();
        }

        if (nar.Compression != NarCompression.None)
        {
            return new CacheAnswer
            {
                Status = 200,
                ContentType = NarType,
                WriteBody = (body, token) => SendAsync((output, writing) => CompressAsync(info, nar.Compression, output, writing), 0, long.MaxValue, body, token),
            };
        }

        var headers = new Dictionary<string, string> { ["Accept-Ranges"] = "bytes" };
        var (status, range) = (200, new ByteRange(0, info.NarSize));
        if (ByteRange.TryParse(request.Range, info.NarSize, out var asked))
        {
            headers["Content-Range"] = asked.Length > 0 ? $"bytes {Show(asked.Start)}-{Show(asked.End - 1)}/{Show(info.NarSize)}" : $"bytes */{Show(info.NarSize)}";
            if (asked.Length == 0)
            {
                return CacheAnswer.Text(416, "The NAR has no such bytes.\n") with { Headers = headers };
            }

            (status, range) = (206, asked);
        }

        return new CacheAnswer
        {
            Status = status,
            ContentType = NarType,
            ContentLength = range.Length,
            Headers = headers,
            WriteBody = (body, token) => SendAsync((output, writing) => _store.ReadNarAsync(info.Path, output, writing), range.Start, range.Length, body, token),
        };
    }

    /// <summary>
    /// Answers for a NAR by the name that the client gave it: Nix asks whether it is there before it sends it, and
    /// remembers the name for a month after.
    /// </summary>
    private async Task<CacheAnswer> ReadUploadAsync(string name, CacheRequest request, CancellationToken cancellationToken)
    {
        if (request.Method == "HEAD" && _uploads?.Find(name) is { } upload)
        {
            return new CacheAnswer { Status = 200, ContentType = NarType, ContentLength = upload.Size };
        }

        return _uploads?.FindFinished(name) is { } nar ? await ReadNarAsync(nar, request, cancellationToken).ConfigureAwait(false) : NotFound();
    }

    private async Task CompressAsync(PathInfo info, NarCompression compression, Stream output, CancellationToken cancellationToken)
    {
        var level = compression == _options.Compression ? _options.CompressionLevel : null;
        var encoder = compression.OpenWrite(output, new CompressionOptions { Level = level }, leaveOpen: true);
        await using (encoder.ConfigureAwait(false))
        {
            await _store.ReadNarAsync(info.Path, encoder, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the bytes on one thread and sends them, from one offset on, on another, with little memory between.</summary>
    private static Task SendAsync(Func<Stream, CancellationToken, Task> make, long skip, long take, Stream body, CancellationToken cancellationToken) =>
        NarPipe.RunAsync(
            make,
            async (input, token) =>
            {
                var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
                try
                {
                    while (take > 0 && await input.ReadAsync(buffer, token).ConfigureAwait(false) is var count and > 0)
                    {
                        var start = (int)Math.Min(skip, count);
                        var length = (int)Math.Min(take, count - start);
                        skip -= start;
                        take -= length;
                        await body.WriteAsync(buffer.AsMemory(start, length), token).ConfigureAwait(false);
                    }
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            },
            cancellationToken);
}
