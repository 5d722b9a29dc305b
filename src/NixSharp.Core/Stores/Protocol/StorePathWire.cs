using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>Store paths, sets of them, and content addresses on the wire.</summary>
internal static class StorePathWire
{
    public static void WritePath(this WireWriter writer, StorePath path) => writer.WriteString(path.ToString());

    public static async ValueTask<StorePath> ReadPathAsync(this WireReader reader, CancellationToken cancellationToken) =>
        StorePath.Parse(await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false), reader.Directory);

    /// <summary>Writes a path, or an empty string where there is none.</summary>
    public static void WriteOptionalPath(this WireWriter writer, StorePath? path) => writer.WriteString(path?.ToString() ?? "");

    public static async ValueTask<StorePath?> ReadOptionalPathAsync(this WireReader reader, CancellationToken cancellationToken) =>
        await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false) is { Length: > 0 } text ? StorePath.Parse(text, reader.Directory) : null;

    /// <summary>Writes a set: each path once, in order.</summary>
    public static void WritePaths(this WireWriter writer, IEnumerable<StorePath> paths) =>
        writer.WriteList([.. paths.Distinct().Order()], writer.WritePath);

    /// <summary>Reads a set, and sorts it.</summary>
    public static async ValueTask<IReadOnlyList<StorePath>> ReadPathsAsync(this WireReader reader, CancellationToken cancellationToken)
    {
        var paths = await reader.ReadListAsync(reader.ReadPathAsync, cancellationToken).ConfigureAwait(false);
        for (var i = 1; i < paths.Count; i++)
        {
            if (paths[i - 1] >= paths[i])
            {
                return [.. paths.Distinct().Order()];
            }
        }

        return paths;
    }

    public static void WriteContentAddress(this WireWriter writer, ContentAddress? address) => writer.WriteString(address?.ToString() ?? "");

    public static async ValueTask<ContentAddress?> ReadContentAddressAsync(this WireReader reader, CancellationToken cancellationToken) =>
        await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false) is { Length: > 0 } text ? ContentAddress.Parse(text) : null;

    /// <summary>Writes the outputs of a derivation by name; a path that is not known yet is an empty string.</summary>
    public static void WriteOutputPaths(this WireWriter writer, IReadOnlyDictionary<string, StorePath?> outputs) =>
        writer.WriteList(
            [.. outputs.OrderBy(static output => output.Key, Derivations.ByteText.Comparer)],
            output =>
            {
                writer.WriteString(output.Key);
                writer.WriteOptionalPath(output.Value);
            });

    public static async ValueTask<IReadOnlyDictionary<string, StorePath?>> ReadOutputPathsAsync(this WireReader reader, CancellationToken cancellationToken) =>
        await reader.ReadMapAsync(reader.ReadNameAsync, reader.ReadOptionalPathAsync, cancellationToken).ConfigureAwait(false);
}
