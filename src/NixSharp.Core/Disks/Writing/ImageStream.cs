using System.Security.Cryptography;
using NixSharp.Compression;
using NixSharp.Disks.Blocks;
using NixSharp.Files;

namespace NixSharp.Disks.Writing;

/// <summary>The bytes of an image in order, decompressed on a thread of their own and in large pieces.</summary>
internal sealed class ImageStream : IDisposable
{
    private const int PieceSize = 4 << 20;

    private readonly FileStream _file;
    private readonly Stream _source;
    private readonly long? _compressedSize;

    private ImageStream(FileStream file, Stream source, long? compressedSize)
    {
        _file = file;
        _source = source;
        _compressedSize = compressedSize;
    }

    /// <summary>The size of the image, in bytes; null where it is compressed.</summary>
    public long? KnownSize => _compressedSize is null ? _file.Length : null;

    /// <exception cref="NixFileException">The file cannot be opened.</exception>
    public static ImageStream Open(string path)
    {
        NarCompression compression;
        using (var blocks = FileBlocks.Open(path))
        {
            compression = ImageCompression.Detect(blocks);
        }

        try
        {
            var file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
            return new ImageStream(file, compression.OpenRead(file, leaveOpen: true), compression == NarCompression.None ? null : file.Length);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(path, error);
        }
    }

    /// <summary>Hands out all pieces, each of 4 MiB but the last, while the next one is being read.</summary>
    /// <param name="take">Gets each piece.</param>
    /// <param name="hash">Gets each piece too, beside what <paramref name="take"/> does; null where there is no hash.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task ReadAsync(Action<ReadOnlyMemory<byte>> take, IncrementalHash? hash, IProgress<NixProgress>? progress, CancellationToken cancellationToken)
    {
        var (current, next) = (new byte[PieceSize], new byte[PieceSize]);
        var count = await FillAsync(current, cancellationToken).ConfigureAwait(false);
        while (count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var piece = current.AsMemory(0, count);
            var hashing = hash is null ? Task.CompletedTask : Task.Run(() => hash.AppendData(piece.Span), CancellationToken.None);
            var reading = Task.Run(() => FillAsync(next, cancellationToken), CancellationToken.None);
            try
            {
                take(piece);
            }
            finally
            {
                await Task.WhenAll(hashing, ((Task)reading).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)).ConfigureAwait(false);
            }

            progress?.Report(new NixProgress("writing", Path.GetFileName(_file.Name), _file.Position, _compressedSize ?? _file.Length));
            count = await reading.ConfigureAwait(false);
            (current, next) = (next, current);
        }
    }

    public void Dispose()
    {
        _source.Dispose();
        _file.Dispose();
    }

    private async Task<int> FillAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(_file.Name, error);
        }
    }
}
