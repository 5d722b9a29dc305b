namespace NixSharp.Stores.Protocol;

/// <summary>
/// What <see cref="WorkerOperation.AddToStoreNar"/> says before the NAR, which comes in frames since 1.23 and is asked
/// for with <see cref="DaemonMessage.Read"/> before.
/// </summary>
internal sealed record AddNarRequest(PathInfo Info, bool Repair, bool CheckSignatures)
{
    public void Write(WireWriter writer)
    {
        writer.WritePathInfo(Info, PathInfoWire.EntryVersion);
        writer.WriteBoolean(Repair);
        writer.WriteBoolean(!CheckSignatures);
    }

    public static async ValueTask<AddNarRequest> ReadAsync(WireReader reader, CancellationToken cancellationToken) => new(
        await reader.ReadPathInfoAsync(cancellationToken, PathInfoWire.EntryVersion).ConfigureAwait(false),
        await reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false),
        !await reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false));
}
