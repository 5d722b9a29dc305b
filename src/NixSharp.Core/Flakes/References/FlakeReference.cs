using NixSharp.Hashing;

namespace NixSharp.Flakes.References;

/// <summary>
/// Where a flake, or the source of any other input, is: a URL such as <c>github:NixOS/nixpkgs/nixos-26.05</c>, or the
/// attribute set that Nix makes of it. Two references are equal where their attributes are. Specified in the manual under
/// <c>nix flake</c>, "Flake references".
/// </summary>
public sealed partial class FlakeReference : IEquatable<FlakeReference>
{
    private readonly SortedDictionary<string, FlakeValue> _attributes;

    /// <summary>Makes a reference from attributes; what Nix does not know of is kept.</summary>
    /// <exception cref="FlakeException">An attribute is missing, or has a value that makes no sense.</exception>
    public FlakeReference(FlakeReferenceType type, params IEnumerable<(string Name, FlakeValue Value)> attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        Type = type;
        _attributes = new SortedDictionary<string, FlakeValue>(StringComparer.Ordinal);
        foreach (var (name, value) in attributes)
        {
            _attributes[name] = value;
        }

        FlakeReferenceRules.Check(this);
    }

    /// <summary>How the source is fetched.</summary>
    public FlakeReferenceType Type { get; }

    /// <summary>All attributes but the type, in byte order.</summary>
    public IReadOnlyDictionary<string, FlakeValue> Attributes => _attributes;

    /// <summary>The name in the registry, of indirect references.</summary>
    public string? Id => Text("id");

    /// <summary>The user or group on a forge.</summary>
    public string? Owner => Text("owner");

    /// <summary>The repository on a forge.</summary>
    public string? Repository => Text("repo");

    /// <summary>The forge's host, where it is not the usual one.</summary>
    public string? Host => Text("host");

    /// <summary>The URL of a repository, an archive or a file.</summary>
    public string? Url => Text("url");

    /// <summary>The folder, of path references.</summary>
    public string? Path => Text("path");

    /// <summary>The branch or tag.</summary>
    public string? Ref => Text("ref");

    /// <summary>The commit, in hexadecimal.</summary>
    public string? Revision => Text("rev");

    /// <summary>The folder inside the source that the flake is in.</summary>
    public string? Directory => Text("dir");

    /// <summary>The hash of the source's NAR, of locked references.</summary>
    public NixHash? NarHash => Text("narHash") is { } hash ? NixHash.Parse(hash) : null;

    /// <summary>The time of the last change, of locked references.</summary>
    public DateTimeOffset? LastModified => Find("lastModified")?.Number is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>Whether it names one state of the source and no other.</summary>
    public bool IsLocked => Revision is not null || NarHash is not null;

    /// <summary>Whether two references have the same attributes.</summary>
    public static bool operator ==(FlakeReference? left, FlakeReference? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether two references differ in an attribute.</summary>
    public static bool operator !=(FlakeReference? left, FlakeReference? right) => !(left == right);

    /// <summary>The same reference with an attribute set.</summary>
    /// <exception cref="FlakeException">The value makes no sense.</exception>
    public FlakeReference With(string name, FlakeValue value) =>
        new(Type, _attributes.Select(static pair => (pair.Key, pair.Value)).Append((name, value)));

    /// <summary>The same reference without some attributes.</summary>
    /// <exception cref="FlakeException">One of them is needed.</exception>
    public FlakeReference Without(params IReadOnlyCollection<string> names) =>
        new(Type, _attributes.Where(pair => !names.Contains(pair.Key)).Select(static pair => (pair.Key, pair.Value)));

    /// <inheritdoc/>
    public bool Equals(FlakeReference? other) => other is not null && Type == other.Type && _attributes.SequenceEqual(other._attributes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FlakeReference);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var code = default(HashCode);
        code.Add(Type);
        foreach (var (name, value) in _attributes)
        {
            code.Add(name, StringComparer.Ordinal);
            code.Add(value);
        }

        return code.ToHashCode();
    }

    /// <summary>The folder that the source is copied from, where it is one of this machine; relative as it stands.</summary>
    internal string? LocalFolder => Type switch
    {
        FlakeReferenceType.Path => Path,
        FlakeReferenceType.Git when Uri.TryCreate(Url, UriKind.Absolute, out var url) && url.IsFile => url.LocalPath,
        _ => null,
    };

    internal FlakeValue? Find(string name) => _attributes.TryGetValue(name, out var value) ? value : default(FlakeValue?);

    private string? Text(string name) => Find(name)?.Text;
}
