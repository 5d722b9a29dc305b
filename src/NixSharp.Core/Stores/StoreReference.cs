namespace NixSharp.Stores;

/// <summary>
/// A store's URI, taken apart: <c>auto</c>, <c>daemon</c>, <c>local?root=DIR</c>, a folder, <c>unix://</c>,
/// <c>file://</c>, <c>https://</c>, <c>s3://</c>, <c>ssh-ng://</c> and so on, each with parameters after a <c>?</c>.
/// Reading it opens nothing: <see cref="NixStore"/> does, and refuses parameters that a kind of store does not know.
/// </summary>
public sealed partial record StoreReference
{
    private static readonly SortedDictionary<string, string> NoParameters = new(StringComparer.Ordinal);

    private readonly SortedDictionary<string, string> _parameters = NoParameters;

    /// <summary>A store of some kind, without parameters; <see cref="Parse"/> is how one comes about elsewhere.</summary>
    /// <param name="kind">The kind of store.</param>
    /// <param name="path">The folder, socket, or path on a web server; empty for the kind's own default.</param>
    public StoreReference(StoreKind kind, string path = "")
    {
        ArgumentNullException.ThrowIfNull(path);
        Kind = kind;
        Path = path;
        Scheme = StoreSchemes.DefaultOf(kind);
    }

    /// <summary>The kind of store.</summary>
    public StoreKind Kind { get; init; }

    /// <summary>The URI's scheme, which tells <c>http</c> from <c>https</c>; <c>auto</c> for <see cref="StoreKind.Auto"/>.</summary>
    public string Scheme { get; init; }

    /// <summary>Host and user, or the bucket; null where the kind has none.</summary>
    public StoreAuthority? Authority { get; init; }

    /// <summary>The folder, the socket, or the path on a web server (which starts with a slash); empty for the kind's own default.</summary>
    public string Path { get; init; }

    /// <summary>The parameters after the <c>?</c>, sorted by name.</summary>
    public IReadOnlyDictionary<string, string> Parameters
    {
        get => _parameters;
        init => _parameters = new SortedDictionary<string, string>(value.ToDictionary(), StringComparer.Ordinal);
    }

    /// <summary>The store in a folder of this machine, or the machine's own where <paramref name="root"/> is null.</summary>
    public static StoreReference OfRoot(string? root) => root is null
        ? new StoreReference(StoreKind.Local)
        : new StoreReference(StoreKind.Local) { Parameters = new Dictionary<string, string> { ["root"] = System.IO.Path.GetFullPath(root) } };

    /// <inheritdoc/>
    public bool Equals(StoreReference? other) => other is not null
        && (Kind, Scheme, Path) == (other.Kind, other.Scheme, other.Path)
        && Authority == other.Authority
        && _parameters.SequenceEqual(other._parameters);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Scheme, Path, Authority, _parameters.Count);

    /// <summary>The URI in the form that Nix prints since 2.32, which <see cref="Parse"/> reads.</summary>
    public override string ToString() => Format(Authority?.ToString());

    /// <summary>The URI without a password, for messages and logs.</summary>
    public string ToDisplayString() => Format(Authority?.ToDisplayString());

    /// <summary>The URI in the form that every version of Nix reads: <c>local?root=DIR</c> in place of <c>local://?root=DIR</c>.</summary>
    public string ToShorthand() => this switch
    {
        { Kind: StoreKind.Local, Path.Length: > 0 } when Root is { } root && !Parameters.ContainsKey("root") =>
            (this with { Path = "", Parameters = Parameters.Append(new("root", root)).ToDictionary() }).ToShorthand(),
        { Kind: StoreKind.Local or StoreKind.Daemon, Path.Length: 0 } => (Kind == StoreKind.Local ? "local" : "daemon") + FormatParameters(),
        _ => ToString(),
    };

    private string Format(string? authority)
    {
        var path = Path;
        if (OperatingSystem.IsWindows() && Kind is StoreKind.Local or StoreKind.File && path.Length > 0)
        {
            path = path.Replace('\\', '/');
            path = path.StartsWith('/') ? path : "/" + path;
        }

        return Kind switch
        {
            StoreKind.Auto => "auto",
            StoreKind.Local or StoreKind.Daemon when path.Length == 0 && _parameters.Count == 0 => Kind == StoreKind.Local ? "local" : "daemon",
            _ => $"{Scheme}://{authority}{PercentEncoding.Encode(path, "/:@!$&'()*+,;=")}",
        } + FormatParameters();
    }

    private string FormatParameters() => _parameters.Count == 0
        ? ""
        : "?" + string.Join('&', _parameters.Select(static parameter => $"{PercentEncoding.Encode(parameter.Key, ":@/?")}={PercentEncoding.Encode(parameter.Value, ":@/?")}"));
}
