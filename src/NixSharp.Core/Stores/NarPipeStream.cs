using System.Buffers;
using System.IO.Pipelines;
using NixSharp.Files;

namespace NixSharp.Stores;

/// <summary>The end of a <see cref="NarPipe"/> that is written to. Fails once nobody reads, instead of writing into the void.</summary>
internal sealed class NarPipeStream(PipeWriter writer) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        writer.Write(buffer);
        var flushing = writer.FlushAsync(CancellationToken.None);
        Check(flushing.IsCompleted ? flushing.Result : flushing.AsTask().GetAwaiter().GetResult());
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        Check(await writer.WriteAsync(buffer, cancellationToken).ConfigureAwait(false));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    private static void Check(FlushResult result)
    {
        if (result.IsCompleted || result.IsCanceled)
        {
            throw new OperationCanceledException("Nobody reads the NAR any more.");
        }
    }
}
