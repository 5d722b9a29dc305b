using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>What a daemon could fetch from other stores: the answer to <see cref="WorkerOperation.QuerySubstitutablePathInfos"/>.</summary>
internal sealed record SubstitutablePathInfo(StorePath Path, StorePath? Deriver, IReadOnlyList<StorePath> References, long DownloadSize, long NarSize)
{
    /// <summary>Writes the question. Since 1.22 a content address may go with each path, which helps across store directories.</summary>
    public static void WriteRequest(WireWriter writer, IReadOnlyCollection<StorePath> paths)
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

    public static async ValueTask<IReadOnlyList<StorePath>> ReadRequestAsync(WireReader reader, CancellationToken cancellationToken)
    {
        if (!reader.Version.Has(22))
        {
            return await reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false);
        }

        var paths = await reader.ReadMapAsync(reader.ReadPathAsync, reader.ReadContentAddressAsync, cancellationToken).ConfigureAwait(false);
        return [.. paths.Keys.Order()];
    }

    public void Write(WireWriter writer)
    {
        writer.WritePath(Path);
        writer.WriteOptionalPath(Deriver);
        writer.WritePaths(References);
        writer.WriteSize(DownloadSize);
        writer.WriteSize(NarSize);
    }

    public static async ValueTask<SubstitutablePathInfo> ReadAsync(WireReader reader, CancellationToken cancellationToken) => new(
        await reader.ReadPathAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadOptionalPathAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadSizeAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadSizeAsync(cancellationToken).ConfigureAwait(false));
}
