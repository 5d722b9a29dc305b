namespace NixSharp.Stores;

/// <summary>A store URI, taken apart.</summary>
/// <param name="Kind">The kind of store.</param>
/// <param name="Root">The folder of a chroot store, as a full path; null for the machine's own.</param>
public sealed record StoreReference(StoreKind Kind, string? Root = null)
{
    private const string Supported = "Give 'auto', 'local', 'local?root=DIR', or a folder such as ./store.";

    /// <summary>Reads <c>auto</c>, <c>local</c>, <c>local?root=DIR</c>, or a folder: an absolute path, or one that contains a separator.</summary>
    /// <exception cref="NixStoreException">The text is no such URI.</exception>
    public static StoreReference Parse(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (uri.Contains('\0') || uri.Contains("%00", StringComparison.Ordinal))
        {
            throw Invalid(uri.Replace("\0", "\\0", StringComparison.Ordinal), "no folder's name contains NUL");
        }

        var question = uri.IndexOf('?', StringComparison.Ordinal);
        var isFolder = Path.IsPathRooted(uri) || uri.StartsWith("./", StringComparison.Ordinal) || uri.StartsWith("../", StringComparison.Ordinal)
            || uri is "." or ".." || (!uri.Contains("://", StringComparison.Ordinal) && question < 0 && uri.AsSpan().ContainsAny('/', '\\'));
        if (isFolder)
        {
            return uri == "/" ? new StoreReference(StoreKind.Local) : new StoreReference(StoreKind.Local, Path.GetFullPath(uri));
        }

        return (question < 0 ? uri : uri[..question]) switch
        {
            "" or "auto" when question < 0 => new StoreReference(StoreKind.Auto),
            "local" => new StoreReference(StoreKind.Local, ReadRoot(uri, question)),
            _ => throw Invalid(uri, uri.Contains("://", StringComparison.Ordinal) ? "stores of this kind are not supported" : "it names no kind of store"),
        };
    }

    /// <summary>The URI that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Kind == StoreKind.Auto ? "auto"
        : Root is null ? "local"
        : $"local?root={Uri.EscapeDataString(Root).Replace("%2F", "/", StringComparison.Ordinal)}";

    private static string? ReadRoot(string uri, int question)
    {
        string? root = null;
        foreach (var parameter in question < 0 ? [] : uri[(question + 1)..].Split('&'))
        {
            root = parameter.Split('=', 2) is ["root", { Length: > 0 } value]
                ? Path.GetFullPath(Uri.UnescapeDataString(value))
                : throw Invalid(uri, $"the parameter '{parameter}' is not known here");
        }

        return root;
    }

    private static NixStoreException Invalid(string uri, string why) =>
        new(NixErrorCodes.InvalidStoreUri, $"'{uri}' is not a store that can be opened: {why}. {Supported}");
}
