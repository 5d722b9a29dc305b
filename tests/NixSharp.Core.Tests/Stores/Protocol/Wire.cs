using NixSharp.Stores.Protocol;

namespace NixSharp.Core.Tests.Stores.Protocol;

/// <summary>Readers over bytes, and bytes from writers.</summary>
internal static class Wire
{
    public static WireReader ReaderOf(byte[] bytes, ProtocolVersion? version = null, params string[] features) =>
        new(new MemoryStream(bytes, writable: false)) { Version = version ?? ProtocolVersion.Newest, Features = features.ToHashSet() };

    public static async Task<byte[]> WriteAsync(Action<WireWriter> write, ProtocolVersion? version = null, params string[] features)
    {
        using var bytes = new MemoryStream();
        using var writer = new WireWriter(bytes) { Version = version ?? ProtocolVersion.Newest, Features = features.ToHashSet() };
        write(writer);
        await writer.FlushAsync(CancellationToken.None);
        return bytes.ToArray();
    }

    /// <summary>Reads all of <paramref name="bytes"/> with as many calls as it takes.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(byte[] bytes, Func<WireReader, ValueTask<T>> read, ProtocolVersion? version = null, params string[] features)
    {
        using var reader = ReaderOf(bytes, version, features);
        var items = new List<T>();
        while (reader.Position < bytes.Length)
        {
            items.Add(await read(reader));
        }

        return items;
    }
}
