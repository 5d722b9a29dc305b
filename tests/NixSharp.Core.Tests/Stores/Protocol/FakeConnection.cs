using NixSharp.Stores.Protocol;

namespace NixSharp.Core.Tests.Stores.Protocol;

/// <summary>The daemon's side of one connection of a <see cref="FakeDaemon"/>.</summary>
internal sealed class FakeConnection(Stream stream, int number, CancellationToken stop) : IDisposable
{
    public WireReader Reader { get; } = new(stream);

    public WireWriter Writer { get; } = new(stream);

    /// <summary>Which connection it is: the first is 1.</summary>
    public int Number { get; } = number;

    public CancellationToken Stop { get; } = stop;

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }

    /// <summary>Greets as a daemon of some version does.</summary>
    public async Task GreetAsync(int minor = 38)
    {
        await Handshake.AsDaemonAsync(Reader, Writer, new Handshake(new ProtocolVersion(1, minor)), Stop);
        await SayAsync(DaemonMessage.Last.Instance);
    }

    /// <summary>Reads what is asked for.</summary>
    public async Task<WorkerOperation> ReadOperationAsync() => (WorkerOperation)await Reader.ReadNumberAsync(Stop);

    public async Task SayAsync(params DaemonMessage[] messages)
    {
        foreach (var message in messages)
        {
            Writer.WriteMessage(message);
        }

        await Writer.FlushAsync(Stop);
    }

    /// <summary>Answers <see cref="WorkerOperation.IsValidPath"/> and such with numbers until the client goes away.</summary>
    public async Task AnswerPathQuestionsAsync()
    {
        while (true)
        {
            await ReadOperationAsync();
            await Reader.ReadPathAsync(Stop);
            Writer.WriteMessage(DaemonMessage.Last.Instance);
            Writer.WriteNumber(0);
            await Writer.FlushAsync(Stop);
        }
    }
}
