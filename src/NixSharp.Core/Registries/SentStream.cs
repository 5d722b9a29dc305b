using NixSharp.Files;

namespace NixSharp.Registries;

/// <summary>Passes on what is written, counts it, and remembers whether the other end broke. Leaves the other end open.</summary>
internal sealed class SentStream(Stream destination, Action<long> onSent) : WriteOnlyStream
{
    /// <summary>Whether a write to the other end failed.</summary>
    public bool IsBroken { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            destination.Write(buffer);
        }
        catch
        {
            IsBroken = true;
            throw;
        }

        onSent(buffer.Length);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await destination.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            IsBroken = true;
            throw;
        }

        onSent(buffer.Length);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => destination.Flush();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            IsBroken = true;
            throw;
        }
    }
}
