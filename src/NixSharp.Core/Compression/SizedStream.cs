using NixSharp.Files;

namespace NixSharp.Compression;

/// <summary>Gives the bytes of another stream, of which there must be exactly as many as were announced.</summary>
internal sealed class SizedStream : ReadOnlyStream
{
    private readonly Stream _stream;
    private readonly long _size;
    private readonly bool _leaveOpen;
    private long _left;
    private bool _isWhole;

    public SizedStream(Stream stream, long size, bool leaveOpen)
    {
        _stream = stream;
        _size = size;
        _left = size;
        _leaveOpen = leaveOpen;
    }

    public override int Read(Span<byte> buffer)
    {
        // The byte after the last is asked for, or one that should not be there would go unseen.
        Span<byte> probe = stackalloc byte[1];
        return buffer.IsEmpty || _isWhole ? 0
            : _left > 0 ? Count(_stream.Read(buffer[..(int)Math.Min(buffer.Length, _left)]))
            : End(_stream.Read(probe));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty || _isWhole ? 0
        : _left > 0 ? Count(await _stream.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken).ConfigureAwait(false))
        : End(await _stream.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false));

    public override async ValueTask DisposeAsync()
    {
        if (!_leaveOpen)
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_leaveOpen)
        {
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int count)
    {
        _left -= count;
        return count > 0 ? count : throw Mismatch($"it has {_size - _left} bytes");
    }

    private int End(int count)
    {
        _isWhole = count == 0;
        return _isWhole ? 0 : throw Mismatch("it has more");
    }

    private NixFormatException Mismatch(string how) => new(
        NixErrorCodes.DecompressedSizeMismatch,
        $"A decompressed file should have {_size} bytes, but {how}. Get the file again from its source; if that doesn't help, whoever announced it is wrong, and nothing should be taken from there.",
        _size - _left);
}
