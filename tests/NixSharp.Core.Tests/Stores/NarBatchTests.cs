using NixSharp.Core.Tests.Closures;
using NixSharp.Hashing;
using NixSharp.Stores;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class NarBatchTests
{
    private const int Large = 20 * 1024 * 1024;

    [Fact]
    public async Task Objects_are_added_in_the_order_given_each_with_its_own_NAR()
    {
        var adder = new Adder(static async (nar, token) => await ReadAllAsync(nar, token));
        await ((INarAdder)adder).AddNarsAsync([Source("one", 10), Source("two", Large), Source("three", 0)]);
        Assert.Equal([("one", 10), ("two", Large), ("three", 0L)], adder.Added);
    }

    [Fact]
    public async Task The_error_of_a_source_that_fails_is_the_one_that_is_reported()
    {
        var adder = new Adder(static async (nar, token) => await ReadAllAsync(nar, token));
        var bad = Source("bad", 10) with { WriteNarAsync = static async (output, token) =>
        {
            await output.WriteAsync(new byte[1000], token);
            throw new InvalidDataException("the disk is broken");
        } };
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ((INarAdder)adder).AddNarsAsync([Source("good", 5), bad, Source("never", 5)]));
        Assert.Equal("the disk is broken", error.Message);
        Assert.Equal([("good", 5L)], adder.Added);
    }

    [Fact]
    public async Task The_error_of_a_destination_that_fails_ends_a_source_that_would_go_on_for_ever()
    {
        var ended = false;
        var adder = new Adder(static async (nar, token) =>
        {
            await nar.ReadExactlyAsync(new byte[100], token);
            throw new InvalidOperationException("no signature");
        });
        var endless = Source("endless", 10) with { WriteNarAsync = async (output, token) =>
        {
            try
            {
                while (true)
                {
                    await output.WriteAsync(new byte[64 * 1024], token);
                }
            }
            finally
            {
                ended = true;
            }
        } };
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ((INarAdder)adder).AddNarsAsync([endless]));
        Assert.Equal("no signature", error.Message);
        Assert.True(ended);
    }

    [Fact]
    public async Task A_destination_that_needs_no_NAR_does_not_wait_for_the_source()
    {
        var adder = new Adder(static (_, _) => Task.FromResult(0L));
        var waiting = Source("valid", 10) with { WriteNarAsync = static (_, token) => Task.Delay(Timeout.Infinite, token) };
        await ((INarAdder)adder).AddNarsAsync([waiting]);
        Assert.Equal([("valid", 0L)], adder.Added);
    }

    [Fact]
    public async Task A_source_that_writes_without_waiting_is_held_back_by_a_slow_destination()
    {
        var written = 0L;
        var adder = new Adder(async (nar, token) =>
        {
            await nar.ReadExactlyAsync(new byte[1], token);
            Assert.InRange(Volatile.Read(ref written), 0, 4 * 1024 * 1024);
            return 1 + await ReadAllAsync(nar, token);
        });
        var eager = Source("eager", Large) with { WriteNarAsync = (output, _) =>
        {
            for (var i = 0; i < Large / 4096; i++)
            {
                output.Write(new byte[4096]);
                Interlocked.Add(ref written, 4096);
            }

            return Task.CompletedTask;
        } };
        await ((INarAdder)adder).AddNarsAsync([eager]);
        Assert.Equal([("eager", (long)Large)], adder.Added);
    }

    [Fact]
    public async Task Cancelling_ends_both_sides()
    {
        using var cancel = new CancellationTokenSource();
        var adder = new Adder(async (nar, token) =>
        {
            await nar.ReadExactlyAsync(new byte[1], token);
            await cancel.CancelAsync();
            return await ReadAllAsync(nar, token);
        });
        var stuck = Source("stuck", 10) with { WriteNarAsync = static async (output, token) =>
        {
            await output.WriteAsync(new byte[1], token);
            await Task.Delay(Timeout.Infinite, token);
        } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ((INarAdder)adder).AddNarsAsync([stuck], cancellationToken: cancel.Token));
        Assert.Empty(adder.Added);
    }

    private static NarSource Source(string name, int size) => new(
        new PathInfo { Path = MemoryStore.PathOf(name), NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, []), NarSize = size },
        (output, token) => output.WriteAsync(new byte[size], token).AsTask());

    private static async Task<long> ReadAllAsync(Stream stream, CancellationToken cancellationToken)
    {
        var (total, buffer) = (0L, new byte[64 * 1024]);
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            total += count;
        }

        return total;
    }

    private sealed class Adder(Func<Stream, CancellationToken, Task<long>> read) : INarAdder
    {
        public List<(string Name, long Size)> Added { get; } = [];

        public async Task AddNarAsync(PathInfo info, Stream nar, AddNarOptions? options = null, CancellationToken cancellationToken = default) =>
            Added.Add((info.Path.Name, await read(nar, cancellationToken)));
    }
}
