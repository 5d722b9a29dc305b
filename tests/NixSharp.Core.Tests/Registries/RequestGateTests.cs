using NixSharp.Registries;
using Xunit;

namespace NixSharp.Core.Tests.Registries;

public sealed class RequestGateTests
{
    [Fact]
    public async Task No_more_are_let_in_than_were_asked_for()
    {
        var gate = new RequestGate(2);
        await gate.EnterAsync(default);
        await gate.EnterAsync(default);
        var third = gate.EnterAsync(default);
        Assert.False(third.IsCompleted);
        gate.Leave();
        await third;
    }

    [Fact]
    public async Task A_busy_registry_halves_the_number_once_for_all_that_were_under_way()
    {
        var gate = new RequestGate(8);
        gate.Learn(isBusy: true, null);
        gate.Learn(isBusy: true, null);
        Assert.Equal(4, gate.Limit);
        await gate.EnterAsync(default);
    }

    [Fact]
    public void The_number_grows_while_answers_stay_fast_and_somebody_waits()
    {
        var gate = new RequestGate(null);
        Enter(gate, gate.Limit + 20);
        Assert.Equal(4, gate.Limit);
        Repeat(500, () => gate.Learn(isBusy: false, TimeSpan.FromMilliseconds(5)));
        Assert.Equal(RegistryOptions.MostConnections, gate.Limit);
    }

    [Fact]
    public void The_number_stays_where_more_at_once_makes_answers_slow()
    {
        var gate = new RequestGate(null);
        Enter(gate, gate.Limit + 20);
        gate.Learn(isBusy: false, TimeSpan.FromMilliseconds(5));
        Repeat(500, () => gate.Learn(isBusy: false, TimeSpan.FromMilliseconds(100)));
        Assert.Equal(4, gate.Limit);
    }

    [Fact]
    public async Task Who_is_canceled_leaves_the_queue()
    {
        var gate = new RequestGate(1);
        await gate.EnterAsync(default);
        using var stop = new CancellationTokenSource();
        var canceled = gate.EnterAsync(stop.Token);
        var next = gate.EnterAsync(default);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        gate.Leave();
        await next;
    }

    private static void Enter(RequestGate gate, int count) => Repeat(count, () => _ = gate.EnterAsync(default));

    private static void Repeat(int count, Action action)
    {
        for (var time = 0; time < count; time++)
        {
            action();
        }
    }
}
