using NixSharp.Files;

namespace NixSharp.Stores.Protocol;

/// <summary>Takes one NAR of many, which must have its announced size: all after it would be misunderstood. Remembers failures of the connection.</summary>
internal sealed class EntryStream(PathInfo info, Stream frames) : WriteOnlyStream
{
    private long _left = info.NarSize;

    /// <summary>What broke while the NAR was passed on.</summary>
    public Exception? Failure { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Count(buffer.Length);
        try
        {
            frames.Write(buffer);
        }
        catch (Exception error)
        {
            Failure = error;
            throw;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count(buffer.Length);
        try
        {
            await frames.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Failure = error;
            throw;
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Says that the NAR is over.</summary>
    public void Complete()
    {
        if (_left > 0)
        {
            throw NarStaging.Differs(info, $"it has {info.NarSize - _left} bytes instead of {info.NarSize}");
        }
    }

    private void Count(int count)
    {
        _left -= count;
        if (_left < 0)
        {
            throw NarStaging.Differs(info, $"it is longer than {info.NarSize} bytes");
        }
    }
}
