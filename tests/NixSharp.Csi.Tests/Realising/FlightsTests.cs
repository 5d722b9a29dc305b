using NixSharp.Csi.Realising;
using Xunit;

namespace NixSharp.Csi.Tests.Realising;

public sealed class FlightsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Flights<string, int> _flights = new(TimeSpan.Zero);
    private int _begun;

    [Fact]
    public async Task All_who_ask_meanwhile_get_what_one_piece_of_work_comes_to()
    {
        var done = new TaskCompletionSource<int>();
        var waiting = Enumerable.Range(0, 20).Select(_ => JoinAsync(done.Task, Patience)).ToList();
        Assert.Equal(1, _flights.Count);
        done.SetResult(7);
        Assert.All(await Task.WhenAll(waiting), static result => Assert.Equal(7, result));
        Assert.Equal(1, _begun);
        Assert.Equal(8, await JoinAsync(Task.FromResult(8), Patience));
    }

    [Fact]
    public async Task Who_waits_no_longer_does_not_stop_the_work()
    {
        var done = new TaskCompletionSource<int>();
        await Assert.ThrowsAsync<TimeoutException>(() => JoinAsync(done.Task, TimeSpan.FromMilliseconds(1)));
        using var gone = new CancellationTokenSource();
        var second = JoinAsync(done.Task, Patience, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        done.SetResult(7);
        Assert.Equal(7, await JoinAsync(Task.FromResult(8), Patience));
        Assert.Equal(1, _begun);
    }

    [Fact]
    public async Task An_outcome_is_told_once_a_failure_as_well()
    {
        var done = new TaskCompletionSource<int>();
        await Assert.ThrowsAsync<TimeoutException>(() => JoinAsync(done.Task, TimeSpan.FromMilliseconds(1)));
        done.SetException(new NixException("NIXS0000", "failed"));
        await _flights.WhenIdleAsync();
        await Assert.ThrowsAsync<NixException>(() => JoinAsync(Task.FromResult(8), Patience));
        Assert.Equal(8, await JoinAsync(Task.FromResult(8), Patience));
    }

    [Fact]
    public async Task An_outcome_that_nobody_asks_for_is_forgotten_in_time()
    {
        var done = new TaskCompletionSource<int>();
        await Assert.ThrowsAsync<TimeoutException>(() => JoinAsync(done.Task, TimeSpan.FromMilliseconds(1)));
        Assert.NotNull(_flights.AgeOf("key"));
        _flights.Prune();
        Assert.NotNull(_flights.AgeOf("key"));
        done.SetResult(7);
        await _flights.WhenIdleAsync();
        for (var attempt = 0; attempt < 1000 && _flights.AgeOf("key") is not null; attempt++)
        {
            await Task.Delay(10);
            _flights.Prune();
        }

        Assert.Equal(8, await JoinAsync(Task.FromResult(8), Patience));
    }

    private Task<int> JoinAsync(Task<int> work, TimeSpan patience, CancellationToken cancellationToken = default) => _flights.JoinAsync(
        "key",
        () =>
        {
            Interlocked.Increment(ref _begun);
            return work;
        },
        patience,
        cancellationToken);
}
