using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>What could be fetched, on the wire: <see cref="WorkerOperation.QuerySubstitutablePathInfos"/> and its answer.</summary>
internal static class SubstitutableWire
{
    /// <summary>Writes the question. Since 1.22 a content address may go with each path, which helps across store directories.</summary>
    public static void WriteSubstitutableRequest(this WireWriter writer, IReadOnlyCollection<StorePath> paths)
    {
        if (!writer.Version.Has(22))
        {
            writer.WritePaths(paths);
            return;
        }

        writer.WriteList(
            [.. paths.Distinct().Order()],
            path =>
            {
                writer.WritePath(path);
                writer.WriteContentAddress(null);
            });
    }

    public static async ValueTask<IReadOnlyList<StorePath>> ReadSubstitutableRequestAsync(this WireReader reader, CancellationToken cancellationToken)
    {
        if (!reader.Version.Has(22))
        {
            return await reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false);
        }

        var paths = await reader.ReadMapAsync(reader.ReadPathAsync, reader.ReadContentAddressAsync, cancellationToken).ConfigureAwait(false);
        return [.. paths.Keys.Order()];
    }

    public static void WriteSubstitutable(this WireWriter writer, SubstitutablePathInfo info)
    {
        writer.WritePath(info.Path);
        writer.WriteSubstitutableDetails(info);
    }

    /// <summary>Writes what is known of a path, without the path.</summary>
    public static void WriteSubstitutableDetails(this WireWriter writer, SubstitutablePathInfo info)
    {
        writer.WriteOptionalPath(info.Deriver);
        writer.WritePaths(info.References);
        writer.WriteSize(info.DownloadSize);
        writer.WriteSize(info.NarSize);
    }

    public static async ValueTask<SubstitutablePathInfo> ReadSubstitutableAsync(this WireReader reader, CancellationToken cancellationToken) => new(
        await reader.ReadPathAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadOptionalPathAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadSizeAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadSizeAsync(cancellationToken).ConfigureAwait(false));
}
