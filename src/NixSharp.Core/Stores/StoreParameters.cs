using System.Collections.Frozen;

namespace NixSharp.Stores;

/// <summary>Which parameters each kind of store knows, by Nix's own names.</summary>
internal static class StoreParameters
{
    private static readonly string[] Common = ["store", "trusted", "priority", "want-mass-query", "path-info-cache-size", "system-features"];

    private static readonly string[] Folders = ["root", "real", "state", "log"];

    private static readonly string[] Remote = ["max-connections", "max-connection-age"];

    private static readonly string[] Ssh = ["ssh-key", "base64-ssh-public-host-key", "compress", "remote-program", "remote-store"];

    private static readonly string[] Cache =
    [
        "compression", "compression-level", "parallel-compression", "secret-key", "secret-keys", "write-nar-listing", "index-debug-info", "local-nar-cache",
    ];

    private static readonly string[] S3 =
    [
        "region", "endpoint", "profile", "scheme", "addressing-style", "narinfo-compression", "ls-compression", "log-compression",
        "multipart-upload", "multipart-threshold", "multipart-chunk-size", "buffer-size", "storage-class",
    ];

    private static readonly FrozenDictionary<StoreKind, FrozenSet<string>> Known = new Dictionary<StoreKind, string[]>
    {
        [StoreKind.Auto] = [.. Common, "root", "real", "state", "require-sigs", "trusted-public-keys"],
        [StoreKind.Local] = [.. Common, "root", "real", "state", "require-sigs", "trusted-public-keys"],
        [StoreKind.Daemon] = [.. Common, .. Folders, .. Remote],
        [StoreKind.Ssh] = [.. Common, .. Remote, .. Ssh],
        [StoreKind.SshNg] = [.. Common, .. Remote, .. Ssh],
        [StoreKind.File] = [.. Common, .. Cache],
        [StoreKind.Http] = [.. Common, .. Cache],
        [StoreKind.S3] = [.. Common, .. Cache, .. S3],
        [StoreKind.Dummy] = [.. Common, "read-only"],
    }.ToFrozenDictionary(static pair => pair.Key, static pair => pair.Value.ToFrozenSet(StringComparer.Ordinal));

    /// <summary>The names that stores of a kind know.</summary>
    public static FrozenSet<string> KnownTo(StoreKind kind) => Known[kind];
}
