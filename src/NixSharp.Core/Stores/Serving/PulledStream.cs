using NixSharp.Files;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores.Serving;

/// <summary>What a client of versions before 1.23 sends piece by piece, each when it is asked for it, up to a size that is known.</summary>
internal sealed class PulledStream(WireReader reader, DaemonLog log, long size) : ReadOnlyStream
{
    private const int PieceSize = 64 * 1024;

    private byte[] _piece = [];
    private int _used;
    private long _left = size;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || (_used == _piece.Length && !Pull()))
        {
            return 0;
        }

        var count = Math.Min(buffer.Length, _piece.Length - _used);
        _piece.AsSpan(_used, count).CopyTo(buffer);
        _used += count;
        return count;
    }

    private bool Pull()
    {
        if (_left == 0)
        {
            return false;
        }

        var wanted = (int)Math.Min(_left, PieceSize);
        log.Say(new DaemonMessage.Read(wanted));
        _piece = reader.ReadBytesAsync(CancellationToken.None, wanted).AsTask().GetAwaiter().GetResult();
        _used = 0;
        _left -= _piece.Length > 0 ? _piece.Length : throw new EndOfStreamException();
        return true;
    }
}
