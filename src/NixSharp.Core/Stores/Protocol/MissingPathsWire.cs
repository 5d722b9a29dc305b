namespace NixSharp.Stores.Protocol;

/// <summary>What building would take, on the wire.</summary>
internal static class MissingPathsWire
{
    public static void WriteMissingPaths(this WireWriter writer, MissingPaths missing)
    {
        writer.WritePaths(missing.WillBuild);
        writer.WritePaths(missing.WillSubstitute);
        writer.WritePaths(missing.Unknown);
        writer.WriteSize(missing.DownloadSize);
        writer.WriteSize(missing.NarSize);
    }

    public static async ValueTask<MissingPaths> ReadMissingPathsAsync(this WireReader reader, CancellationToken cancellationToken) => new(
        await reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadSizeAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadSizeAsync(cancellationToken).ConfigureAwait(false));
}
