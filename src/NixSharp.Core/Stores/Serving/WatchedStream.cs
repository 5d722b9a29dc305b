using NixSharp.Files;

namespace NixSharp.Stores.Serving;

/// <summary>
/// Reads from another stream, which stays open, and can look ahead while nobody reads: whether the other side is still there.
/// </summary>
internal sealed class WatchedStream(Stream source) : ReadOnlyStream
{
    private readonly byte[] _ahead = new byte[4096];
    private Task<int>? _looking;
    private int _start;
    private int _end;

    /// <summary>Calls <paramref name="onEnd"/> if the stream ends before somebody reads from it again.</summary>
    public void Watch(Action onEnd)
    {
        if (_start < _end)
        {
            return;
        }

        _looking ??= source.ReadAsync(_ahead, CancellationToken.None).AsTask();
        _ = _looking.ContinueWith(
            task =>
            {
                if (task.Status != TaskStatus.RanToCompletion || task.Result == 0)
                {
                    onEnd();
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_looking is { } looking)
        {
            Took(looking.GetAwaiter().GetResult());
            return Take(buffer);
        }

        return _start < _end ? Take(buffer) : source.Read(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_looking is { } looking)
        {
            Took(await looking.WaitAsync(cancellationToken).ConfigureAwait(false));
            return Take(buffer.Span);
        }

        return _start < _end ? Take(buffer.Span) : await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    private void Took(int count)
    {
        (_start, _end) = (0, count);

        // At the end it stays: whoever reads again learns of it again.
        _looking = count > 0 ? null : _looking;
    }

    private int Take(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _end - _start);
        _ahead.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }
}
