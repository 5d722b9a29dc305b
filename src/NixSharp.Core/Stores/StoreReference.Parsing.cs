namespace NixSharp.Stores;

public sealed partial record StoreReference
{
    /// <summary>
    /// Reads a URI or one of the shorthands: <c>auto</c> (or nothing), <c>local</c>, <c>daemon</c>, and a folder, which is an
    /// absolute path or contains a separator. After a <c>?</c> come parameters, <c>name=value</c> with <c>&amp;</c> between
    /// them; a folder's own name may hold a <c>?</c> where no <c>=</c> follows.
    /// </summary>
    /// <exception cref="NixStoreException">The text is no such URI.</exception>
    public static StoreReference Parse(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (uri.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid(uri.Replace("\0", "\\0", StringComparison.Ordinal), "it holds NUL");
        }

        var question = uri.IndexOf('?', StringComparison.Ordinal);
        if (question >= 0 && IsFolder(uri) && !uri.AsSpan(question).Contains('='))
        {
            question = -1;
        }

        var target = question < 0 ? uri : uri[..question];
        var parameters = question < 0 ? [] : ReadParameters(uri, uri[(question + 1)..]);
        var reference = IsFolder(target)
            ? new StoreReference(StoreKind.Local, FullFolder(target))
            : target switch
            {
                "" or "auto" => new StoreReference(StoreKind.Auto),
                "local" => new StoreReference(StoreKind.Local),
                "daemon" => new StoreReference(StoreKind.Daemon),
                _ => ReadTarget(uri, target),
            };
        return reference with { Parameters = parameters };
    }

    /// <summary>Reads a URI; false where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse(string? uri, out StoreReference? reference)
    {
        try
        {
            reference = uri is null ? null : Parse(uri);
        }
        catch (NixStoreException)
        {
            reference = null;
        }

        return reference is not null;
    }

    internal static NixStoreException Invalid(string uri, string why) => new(
        NixErrorCodes.InvalidStoreUri,
        $"'{HidePassword(uri)}' is not a store that can be opened: {why}. Give 'auto', 'daemon', 'local', 'local?root=DIR', a folder such as ./store, or a URI such as https://cache.example.org.");

    private static bool IsFolder(string text) =>
        System.IO.Path.IsPathRooted(text) || text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith("../", StringComparison.Ordinal)
        || text is "." or ".."
        || (!text.Contains("://", StringComparison.Ordinal) && !text.StartsWith('?') && !IsShorthand(text) && text.AsSpan().ContainsAny('/', '\\'));

    /// <summary>The root folder is the machine's own store, and no chroot store.</summary>
    private static string FullFolder(string path) => System.IO.Path.GetFullPath(path) is var full && full == "/" ? "" : full;

    private static bool IsShorthand(string text) => text.Split('?')[0] is "auto" or "local" or "daemon";

    private static Dictionary<string, string> ReadParameters(string uri, string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split('&'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw Invalid(uri, $"'{part}' is not a parameter, which looks like name=value");
            }

            var name = Decode(uri, part[..equals]);
            if (!parameters.TryAdd(name, Decode(uri, part[(equals + 1)..])))
            {
                throw Invalid(uri, $"the parameter '{name}' is given twice");
            }
        }

        return parameters;
    }

    private static StoreReference ReadTarget(string uri, string target)
    {
        var separator = target.IndexOf("://", StringComparison.Ordinal);
        if (separator < 0)
        {
            throw Invalid(uri, "it names no kind of store");
        }

        var scheme = target[..separator].ToLowerInvariant();
        var kind = StoreSchemes.KindOf(scheme) ?? throw Invalid(uri, "stores of this kind are not supported");
        var rest = target[(separator + 3)..];
        if (rest.Contains('#', StringComparison.Ordinal))
        {
            throw Invalid(uri, "a store has no fragment; write # as %23");
        }

        var reference = new StoreReference(kind) { Scheme = scheme };
        return StoreSchemes.IsOnThisMachine(kind)
            ? reference with { Path = ReadFilePath(uri, kind, rest) }
            : ReadHost(uri, reference, rest);
    }

    private static string ReadFilePath(string uri, StoreKind kind, string rest)
    {
        var path = Decode(uri, rest);
        if (OperatingSystem.IsWindows() && path is ['/', _, ':', ..])
        {
            path = path[1..];
        }

        return path.Length switch
        {
            0 when kind == StoreKind.File => throw Invalid(uri, "it names no folder"),
            0 => "",
            _ when kind == StoreKind.Local => FullFolder(path),
            _ => System.IO.Path.GetFullPath(path),
        };
    }

    private static StoreReference ReadHost(string uri, StoreReference reference, string rest)
    {
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? "" : Decode(uri, rest[slash..]).TrimEnd('/');
        if (path.Length > 0 && reference.Kind is not (StoreKind.Http or StoreKind.S3))
        {
            throw Invalid(uri, "nothing may follow the host; a store other than the host's default is named by 'remote-store='");
        }

        if (reference.Kind == StoreKind.Dummy)
        {
            return host.Length == 0 ? reference : throw Invalid(uri, "a dummy store has no host");
        }

        return StoreAuthority.TryParse(host, out var authority, out var why)
            ? reference with { Authority = authority, Path = path }
            : throw Invalid(uri, why);
    }

    private static string Decode(string uri, string text) =>
        PercentEncoding.TryDecode(text, out var decoded, out var why) ? decoded : throw Invalid(uri, why);

    private static string HidePassword(string uri)
    {
        var start = uri.IndexOf("://", StringComparison.Ordinal) + 3;
        var at = start < 3 ? -1 : uri.IndexOf('@', start);
        var colon = at < 0 ? -1 : uri.IndexOf(':', start, at - start);
        return colon < 0 || uri.AsSpan(start, at - start).Contains('/') ? uri : $"{uri[..(colon + 1)]}...{uri[at..]}";
    }
}
