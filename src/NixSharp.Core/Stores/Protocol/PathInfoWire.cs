using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>What is known of a path, on the wire.</summary>
internal static class PathInfoWire
{
    /// <summary>The version that entries of <see cref="WorkerOperation.AddMultipleToStore"/> have, whatever both sides speak.</summary>
    public static ProtocolVersion EntryVersion { get; } = new(1, 16);

    /// <summary>Writes the path and what is known of it.</summary>
    public static void WritePathInfo(this WireWriter writer, PathInfo info, ProtocolVersion? version = null)
    {
        writer.WritePath(info.Path);
        writer.WriteUnkeyedPathInfo(info, version);
    }

    public static async ValueTask<PathInfo> ReadPathInfoAsync(this WireReader reader, CancellationToken cancellationToken, ProtocolVersion? version = null)
    {
        var path = await reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadUnkeyedPathInfoAsync(path, cancellationToken, version).ConfigureAwait(false);
    }

    /// <summary>Writes what is known of a path that the other side knows.</summary>
    public static void WriteUnkeyedPathInfo(this WireWriter writer, PathInfo info, ProtocolVersion? version = null)
    {
        writer.WriteOptionalPath(info.Deriver);
        writer.WriteString(info.NarHash.ToDigestString(HashFormat.Base16));
        writer.WritePaths(info.References);
        writer.WriteTime(info.RegistrationTime);
        writer.WriteSize(info.NarSize);
        if ((version ?? writer.Version).Has(16))
        {
            writer.WriteBoolean(info.Ultimate);
            writer.WriteStringSet(info.Signatures);
            writer.WriteContentAddress(info.ContentAddress);
        }
    }

    public static async ValueTask<PathInfo> ReadUnkeyedPathInfoAsync(
        this WireReader reader,
        StorePath path,
        CancellationToken cancellationToken,
        ProtocolVersion? version = null)
    {
        var info = new PathInfo
        {
            Path = path,
            Deriver = await reader.ReadOptionalPathAsync(cancellationToken).ConfigureAwait(false),
            NarHash = NixHash.Parse(await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false), NixHashAlgorithm.Sha256),
            References = await reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false),
            RegistrationTime = await reader.ReadTimeAsync(cancellationToken).ConfigureAwait(false),
            NarSize = await reader.ReadSizeAsync(cancellationToken).ConfigureAwait(false),
        };
        return !(version ?? reader.Version).Has(16) ? info : info with
        {
            Ultimate = await reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false),
            Signatures = await reader.ReadNamesAsync(cancellationToken).ConfigureAwait(false),
            ContentAddress = await reader.ReadContentAddressAsync(cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Writes the answer to <see cref="WorkerOperation.QueryPathInfo"/>.</summary>
    public static void WriteOptionalPathInfo(this WireWriter writer, PathInfo? info)
    {
        writer.WriteBoolean(info is not null);
        if (info is not null)
        {
            writer.WriteUnkeyedPathInfo(info);
        }
    }

    public static async ValueTask<PathInfo?> ReadOptionalPathInfoAsync(this WireReader reader, StorePath path, CancellationToken cancellationToken) =>
        await reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false)
            ? await reader.ReadUnkeyedPathInfoAsync(path, cancellationToken).ConfigureAwait(false)
            : null;
}
