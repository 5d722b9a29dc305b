namespace NixSharp.Stores.Protocol;

/// <summary>What a daemon says while it works, on the wire.</summary>
internal static class DaemonMessageWire
{
    private const ulong Next = 0x6f6c6d67;
    private const ulong Read = 0x64617461;
    private const ulong Write = 0x64617416;
    private const ulong Last = 0x616c7473;
    private const ulong Error = 0x63787470;
    private const ulong StartActivity = 0x53545254;
    private const ulong StopActivity = 0x53544f50;
    private const ulong Result = 0x52534c54;

    public static void WriteMessage(this WireWriter writer, DaemonMessage message)
    {
        switch (message)
        {
            case DaemonMessage.Next next:
                writer.WriteNumber(Next);
                writer.WriteString(next.Text);
                break;
            case DaemonMessage.Read read:
                writer.WriteNumber(Read);
                writer.WriteSize(read.Count);
                break;
            case DaemonMessage.Write write:
                writer.WriteNumber(Write);
                writer.WriteBytes(write.Bytes);
                break;
            case DaemonMessage.Last:
                writer.WriteNumber(Last);
                break;
            case DaemonMessage.Error error:
                writer.WriteNumber(Error);
                error.Reason.Write(writer);
                break;
            case DaemonMessage.StartActivity start:
                writer.WriteNumber(StartActivity);
                writer.WriteNumber(start.Id);
                writer.WriteSize(start.Level);
                writer.WriteNumber((ulong)start.Type);
                writer.WriteString(start.Text);
                LogField.WriteAll(writer, start.Fields);
                writer.WriteNumber(start.Parent);
                break;
            case DaemonMessage.StopActivity stop:
                writer.WriteNumber(StopActivity);
                writer.WriteNumber(stop.Id);
                break;
            case DaemonMessage.Result result:
                writer.WriteNumber(Result);
                writer.WriteNumber(result.Id);
                writer.WriteNumber((ulong)result.Type);
                LogField.WriteAll(writer, result.Fields);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message, "No such message.");
        }
    }

    public static async ValueTask<DaemonMessage> ReadMessageAsync(this WireReader reader, CancellationToken cancellationToken) =>
        await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false) switch
        {
            Last => DaemonMessage.Last.Instance,
            Next => new DaemonMessage.Next(await reader.ReadTextAsync(cancellationToken).ConfigureAwait(false)),
            Read => new DaemonMessage.Read(await reader.ReadSizeAsync(cancellationToken).ConfigureAwait(false)),
            Write => new DaemonMessage.Write(await reader.ReadBytesAsync(cancellationToken).ConfigureAwait(false)),
            Error => new DaemonMessage.Error(await DaemonError.ReadAsync(reader, cancellationToken).ConfigureAwait(false)),
            StartActivity => new DaemonMessage.StartActivity(
                await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false),
                await reader.ReadInt32Async(cancellationToken).ConfigureAwait(false),
                (NixActivityType)await reader.ReadInt32Async(cancellationToken).ConfigureAwait(false),
                await reader.ReadTextAsync(cancellationToken).ConfigureAwait(false),
                await LogField.ReadAllAsync(reader, cancellationToken).ConfigureAwait(false),
                await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false)),
            StopActivity => new DaemonMessage.StopActivity(await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false)),
            Result => new DaemonMessage.Result(
                await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false),
                (NixResultType)await reader.ReadInt32Async(cancellationToken).ConfigureAwait(false),
                await LogField.ReadAllAsync(reader, cancellationToken).ConfigureAwait(false)),
            var number => throw reader.Invalid($"0x{number:x} is nothing that a daemon says"),
        };
}
