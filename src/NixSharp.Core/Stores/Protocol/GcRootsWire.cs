namespace NixSharp.Stores.Protocol;

/// <summary>What keeps paths, on the wire: the answer to <see cref="WorkerOperation.FindRoots"/>.</summary>
internal static class GcRootsWire
{
    public static void WriteRoots(this WireWriter writer, IReadOnlyCollection<GcRoot> roots) => writer.WriteList(
        roots,
        root =>
        {
            writer.WriteString(root.Source);
            writer.WritePath(root.Path);
        });

    public static async ValueTask<IReadOnlyList<GcRoot>> ReadRootsAsync(this WireReader reader, CancellationToken cancellationToken) =>
        await reader.ReadListAsync(
            async cancellation =>
            {
                var source = await reader.ReadNameAsync(cancellation).ConfigureAwait(false);
                return new GcRoot(await reader.ReadPathAsync(cancellation).ConfigureAwait(false), source);
            },
            cancellationToken).ConfigureAwait(false);
}
