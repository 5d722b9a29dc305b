using System.Security.Cryptography;
using System.Threading.Channels;

namespace NixSharp.Compression;

/// <summary>
/// Produces, digests, compresses and writes a stream of bytes at the same time: one thread produces and digests what
/// goes in, the thread pool compresses blocks, and whoever awaits digests and writes what comes out, in order.
/// The number of blocks between them is bounded, so a slow destination slows the producer down.
/// </summary>
internal static class BlockPipeline
{
    /// <summary>The bytes that are compressed as one. Larger blocks win less than one percent in size.</summary>
    public const int BlockSize = 1024 * 1024;

    /// <param name="produce">Writes everything to the stream that it is given; runs on its own thread.</param>
    /// <param name="codec">Compresses; null writes the bytes as they are.</param>
    /// <param name="destination">Takes the bytes; stays open.</param>
    /// <param name="progress">Told after each block how many bytes of input have been written so far.</param>
    /// <param name="cancellationToken">Stops all of it.</param>
    /// <param name="open">Makes the stream that <paramref name="produce"/> writes to; null takes one that cuts blocks of equal size.</param>
    public static async Task<BlockResult> RunAsync(
        Action<BlockStream, CancellationToken> produce,
        IBlockCodec? codec,
        Stream destination,
        Action<long>? progress,
        CancellationToken cancellationToken,
        Func<Func<PooledBlock, bool, Task<PooledBlock>>, BlockStream>? open = null)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var budget = new BlockBudget();
        var blocks = Channel.CreateUnbounded<(Task<PooledBlock> Block, int InputSize)>(new() { SingleReader = true, SingleWriter = true });

        // A producer blocks while the pipeline is full; on a thread of the pool it would keep a compressor from running.
        var producer = Task.Factory.StartNew(Produce, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            var (outputDigest, outputSize) = await WriteAsync().ConfigureAwait(false);
            var (inputDigest, inputSize) = await producer.ConfigureAwait(false);
            return new BlockResult(inputDigest, inputSize, outputDigest ?? inputDigest, outputSize);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)producer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await DrainAsync().ConfigureAwait(false);
        }

        (byte[] Digest, long Size) Produce()
        {
            try
            {
                using var stream = open is null ? new BlockStream(BlockSize, Emit) : open(Emit);
                produce(stream, stop.Token);
                var digest = stream.Finish();
                blocks.Writer.Complete();
                return (digest, stream.BytesWritten);
            }
            catch (Exception error)
            {
                blocks.Writer.Complete(error);
                throw;
            }
        }

        Task<PooledBlock> Emit(PooledBlock input, bool isRaw)
        {
            try
            {
                budget.Enter(stop.Token);
            }
            catch
            {
                input.Dispose();
                throw;
            }

            var size = input.Length;
            var block = codec is null || isRaw ? Task.FromResult(input) : Task.Run(() => Compress(input), CancellationToken.None);
            blocks.Writer.TryWrite((block, isRaw ? 0 : size));
            return block;
        }

        PooledBlock Compress(PooledBlock input)
        {
            using (input)
            {
                return codec.Compress(input);
            }
        }

        async Task<(byte[]? Digest, long Size)> WriteAsync()
        {
            using var hash = codec is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var (done, size) = (0L, 0L);
            await foreach (var (task, inputSize) in blocks.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                using var block = await task.ConfigureAwait(false);
                var write = destination.WriteAsync(block.Memory, cancellationToken);
                hash?.AppendData(block.Span);
                await write.ConfigureAwait(false);
                size += block.Length;
                done += inputSize;
                budget.Leave();
                progress?.Invoke(done);
            }

            return (hash?.GetHashAndReset(), size);
        }

        async Task DrainAsync()
        {
            while (blocks.Reader.TryRead(out var left))
            {
                await ((Task)left.Block).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (left.Block.IsCompletedSuccessfully)
                {
                    (await left.Block.ConfigureAwait(false)).Dispose();
                }
            }
        }
    }
}
