using NixSharp.Compression;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>Sends NARs of the caller's, whose own failures are told apart from those of the connection.</summary>
internal static class NarSending
{
    public static async Task CopyAsync(Stream source, Stream frames, CancellationToken cancellationToken)
    {
        using var block = new PooledBlock(WireFormat.FrameSize);
        while (await CallerFailure.GuardAsync(() => source.ReadAsync(block.Buffer, cancellationToken)).ConfigureAwait(false) is var count and > 0)
        {
            await frames.WriteAsync(block.Buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the body of <see cref="WorkerOperation.AddMultipleToStore"/>: a count, and so many infos, each followed by its NAR.</summary>
    public static async Task WriteAllAsync(IReadOnlyList<NarSource> nars, Stream frames, StoreDirectory directory, CancellationToken cancellationToken)
    {
        using var writer = new WireWriter(frames, directory);
        writer.WriteNumber((ulong)nars.Count);
        foreach (var nar in nars)
        {
            writer.WritePathInfo(nar.Info, PathInfoWire.EntryVersion);
            await writer.HandOverAsync(cancellationToken).ConfigureAwait(false);
            var entry = new EntryStream(nar.Info, frames);
            await using (entry.ConfigureAwait(false))
            {
                try
                {
                    await nar.WriteNarAsync(entry, cancellationToken).ConfigureAwait(false);
                    entry.Complete();
                }
                catch (Exception error)
                {
                    throw entry.Failure ?? new CallerFailure(error);
                }
            }
        }
    }
}
