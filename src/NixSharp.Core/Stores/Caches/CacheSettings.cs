using NixSharp.Compression;
using NixSharp.NarInfos;

namespace NixSharp.Stores.Caches;

/// <summary>How a cache is written, from the parameters of its URI.</summary>
internal sealed record CacheSettings
{
    private const long MaxInfos = 1 << 20;

    /// <summary>How NARs are compressed: <c>compression</c>.</summary>
    public required NarCompression Compression { get; init; }

    /// <summary>How hard, and on how many threads: <c>compression-level</c>, <c>parallel-compression</c>.</summary>
    public CompressionOptions CompressionOptions { get; init; } = new();

    /// <summary>What signs the paths that are added: <c>secret-key</c>, <c>secret-keys</c>.</summary>
    public IReadOnlyList<SecretKey> Keys { get; init; } = [];

    /// <summary>Whether a listing is written beside each narinfo: <c>write-nar-listing</c>.</summary>
    public bool WriteListings { get; init; }

    /// <summary>How many path infos are kept in memory: <c>path-info-cache-size</c>.</summary>
    public int InfosInMemory { get; init; } = 65536;

    public static async Task<CacheSettings> ReadAsync(StoreReference reference, CancellationToken cancellationToken)
    {
        var keys = new List<SecretKey>();
        var files = reference.GetParameter("secret-keys")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        foreach (var file in reference.GetParameter("secret-key") is { Length: > 0 } first ? files.Prepend(first) : files)
        {
            keys.Add(await SecretKey.ReadAsync(file, cancellationToken).ConfigureAwait(false));
        }

        var level = reference.GetParameter("compression-level") is null or "-1" ? null : (int?)Math.Min(int.MaxValue, reference.GetNumber("compression-level") ?? 0);
        return new CacheSettings
        {
            Compression = Find(reference),
            CompressionOptions = new CompressionOptions { Level = level, Threads = reference.GetBoolean("parallel-compression") ? 0 : 1 },
            Keys = keys,
            WriteListings = reference.GetBoolean("write-nar-listing"),
            InfosInMemory = (int)Math.Min(MaxInfos, reference.GetNumber("path-info-cache-size") ?? 65536),
        };
    }

    private static NarCompression Find(StoreReference reference) => reference.GetParameter("compression") switch
    {
        null => NarCompression.Xz,
        "" => NarCompression.None,
        var name => NarCompression.TryParse(name, out var compression)
            ? compression
            : throw StoreReference.Invalid(reference.ToDisplayString(), $"its compression '{name}' is not one of {string.Join(", ", NarCompression.All)}"),
    };
}
