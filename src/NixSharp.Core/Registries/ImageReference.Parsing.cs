using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

public sealed partial record ImageReference
{
    private const int MaxNameLength = 255;
    private const string TagRule = "it has to be 1 to 128 of 0-9 a-z A-Z _ . -, the first of them no dot and no dash";

    /// <summary>Reads a reference.</summary>
    /// <exception cref="RegistryException">The text is no image reference (<c>NIXS4101</c>).</exception>
    public static ImageReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(text, out var reference) is { } why
            ? throw new RegistryException(
                NixErrorCodes.InvalidImageReference,
                $"'{text}' is not an image reference: {why}. Write it like quay.io/acme/hello:1.0.")
            : reference!;
    }

    /// <summary>Reads a reference; false where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ImageReference? reference)
    {
        reference = null;
        return text is not null && Read(text, out reference) is null;
    }

    /// <summary>Whether a reference says which registry it is in.</summary>
    internal static bool NamesRegistry(string text) => text.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && IsHostByForm(text[..slash]);

    /// <summary>Whether a text can be a registry's host, with a port or without.</summary>
    internal static bool IsHost(string text) => HostPattern().IsMatch(text);

    /// <summary>Whether a text can be a repository.</summary>
    internal static bool IsRepository(string text) => RepositoryPattern().IsMatch(text);

    /// <summary>One name for Docker Hub, which has several.</summary>
    internal static string NormaliseHost(string registry) => registry is "index.docker.io" or "registry-1.docker.io" ? DockerHub : registry;

    private static string? Read(string text, out ImageReference? reference)
    {
        reference = null;
        if (text.Contains("://", StringComparison.Ordinal))
        {
            return "it starts with a transport or a scheme, which has to be left out";
        }

        var rest = text;
        OciDigest? digest = null;
        if (rest.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at)
        {
            if (!OciDigest.TryParse(rest[(at + 1)..], out var parsed))
            {
                return "what follows '@' is not sha256: and 64 hexadecimal digits";
            }

            digest = parsed;
            rest = rest[..at];
        }

        string? tag = null;
        var colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf('/'))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
            if (!TagPattern().IsMatch(tag))
            {
                return $"'{tag}' cannot be a tag, {TagRule}";
            }
        }

        var (registry, repository) = Split(rest);
        if (!HostPattern().IsMatch(registry))
        {
            return $"'{registry}' is not the name of a registry's host";
        }

        if (!RepositoryPattern().IsMatch(repository))
        {
            return $"the repository '{repository}' has to be parts of 0-9 a-z, separated inside by . _ __ or dashes, with slashes between them";
        }

        if (registry.Length + 1 + repository.Length > MaxNameLength)
        {
            return $"registry and repository have more than {MaxNameLength} characters";
        }

        reference = new ImageReference(registry, repository, tag ?? (digest is null ? "latest" : null), digest);
        return null;
    }

    /// <summary>Tells a host from the first part of a repository, as Docker does: by a dot, a port, a capital or its being localhost.</summary>
    private static bool IsHostByForm(string first) => first == "localhost" || first.AsSpan().ContainsAny('.', ':', '[') || first.Any(char.IsAsciiLetterUpper);

    private static (string Registry, string Repository) Split(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : name[..slash];
        var (registry, repository) = IsHostByForm(first) ? (first, name[(slash + 1)..]) : (DockerHub, name);
        registry = NormaliseHost(registry);
        return registry == DockerHub && !repository.Contains('/', StringComparison.Ordinal)
            ? (registry, "library/" + repository)
            : (registry, repository);
    }

    [GeneratedRegex(@"^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex RepositoryPattern();
}
