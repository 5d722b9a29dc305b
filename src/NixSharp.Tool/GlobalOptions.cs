using System.CommandLine;
using NixSharp.Stores;
using NixSharp.Stores.Caches;

namespace NixSharp.Tool;

/// <summary>The options that every command takes.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string> Store = new("--store")
    {
        Description = "The store: 'auto', 'local', 'local?root=DIR', a folder that holds a chroot store, or a URI such as file://DIR, https://HOST, s3://BUCKET. Default: $NIXSHARP_STORE, else auto.",
        HelpName = "URI",
        Recursive = true,
        DefaultValueFactory = static _ => Environment.GetEnvironmentVariable("NIXSHARP_STORE") is { Length: > 0 } uri ? uri : "auto",
    };

    public static readonly Option<bool> Json = new("--json") { Description = "Print the result as JSON.", Recursive = true };

    public static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Show no progress.", Recursive = true };

    public static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Show where in the program an error comes from.", Recursive = true };

    public static readonly Option<bool> Refresh = new("--refresh") { Description = "Ask binary caches anew, whatever is remembered of them.", Recursive = true };

    public static readonly Option<string?> NetrcFile = new("--netrc-file")
    {
        Description = "Names and passwords for binary caches. Default: /etc/nix/netrc, then ~/.netrc.",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>Opens the store that the command line names.</summary>
    public static Task<INixStore> OpenStoreAsync(this ParseResult parsed, CancellationToken cancellationToken) =>
        parsed.OpenStoreAsync(parsed.GetValue(Store)!, cancellationToken);

    /// <summary>Opens another store, with the options that the command line gives.</summary>
    public static Task<INixStore> OpenStoreAsync(this ParseResult parsed, string uri, CancellationToken cancellationToken) =>
        NixStore.OpenAsync(uri, parsed.GetStoreOptions(), cancellationToken);

    /// <summary>How stores are opened, as the command line says.</summary>
    public static StoreOptions GetStoreOptions(this ParseResult parsed) =>
        new() { Caches = new CacheOptions { Refresh = parsed.GetValue(Refresh), NetrcFile = parsed.GetValue(NetrcFile) } };
}
