using NixSharp.Processes;

namespace NixSharp.Stores.Protocol;

/// <summary>An error that a daemon reports: structured since 1.26, before a text and an exit code.</summary>
internal sealed record DaemonError(string Message)
{
    public int Level { get; init; }

    /// <summary>The exit code that a program should end with for it.</summary>
    public int Status { get; init; } = 1;

    /// <summary>What was being done, outermost last.</summary>
    public IReadOnlyList<string> Traces { get; init; } = [];

    /// <summary>Message and traces, without colours.</summary>
    public override string ToString() => TerminalText.Strip(string.Join('\n', Traces.Reverse().Append(Message))).Trim();

    public void Write(WireWriter writer)
    {
        if (!writer.Version.Has(26))
        {
            writer.WriteString(Message);
            writer.WriteSize(Status);
            return;
        }

        writer.WriteString("Error");
        writer.WriteSize(Level);
        writer.WriteString("Error");
        writer.WriteString(Message);
        writer.WriteNumber(0);
        writer.WriteList(
            Traces,
            trace =>
            {
                writer.WriteNumber(0);
                writer.WriteString(trace);
            });
    }

    public static async ValueTask<DaemonError> ReadAsync(WireReader reader, CancellationToken cancellationToken)
    {
        if (!reader.Version.Has(26))
        {
            return new DaemonError(await reader.ReadTextAsync(cancellationToken).ConfigureAwait(false))
            {
                Status = await reader.ReadInt32Async(cancellationToken).ConfigureAwait(false),
            };
        }

        await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false);
        var level = await reader.ReadInt32Async(cancellationToken).ConfigureAwait(false);
        await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false);
        var message = await reader.ReadTextAsync(cancellationToken).ConfigureAwait(false);
        await reader.RefusePositionAsync(cancellationToken).ConfigureAwait(false);
        return new DaemonError(message) { Level = level, Traces = await reader.ReadListAsync(ReadTraceAsync, cancellationToken).ConfigureAwait(false) };

        async ValueTask<string> ReadTraceAsync(CancellationToken cancellation)
        {
            await reader.RefusePositionAsync(cancellation).ConfigureAwait(false);
            return await reader.ReadTextAsync(cancellation).ConfigureAwait(false);
        }
    }
}
