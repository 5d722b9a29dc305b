using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace NixSharp.Registries;

/// <summary>A registry and, where one is meant, a repository or namespace in it: <c>quay.io</c>, <c>quay.io/acme</c>.</summary>
/// <param name="Registry">The registry's host, and its port where one is given.</param>
/// <param name="Repository">What is meant in it; null for the registry itself.</param>
internal sealed record RegistryAddress(string Registry, string? Repository = null)
{
    /// <summary>The host that answers for the registry; another one for Docker Hub only.</summary>
    public string ApiHost => Registry == ImageReference.DockerHub ? "registry-1.docker.io" : Registry;

    /// <summary>Whether the registry is on this machine.</summary>
    public bool IsLoopback
    {
        get
        {
            var host = Registry.StartsWith('[') ? Registry[1..Registry.IndexOf(']', StringComparison.Ordinal)] : Registry.Split(':')[0];
            return host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
        }
    }

    /// <summary>Reads <c>HOST[:PORT][/REPOSITORY]</c>.</summary>
    /// <exception cref="RegistryException">The text is none (<c>NIXS4101</c>).</exception>
    public static RegistryAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var address)
            ? address
            : throw new RegistryException(
                NixErrorCodes.InvalidImageReference,
                $"'{text}' is not the name of a registry. Write it like quay.io, registry.example.org:5000 or quay.io/acme, without a scheme.");
    }

    /// <summary>Reads what <see cref="Parse"/> reads; false where it would throw.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RegistryAddress? address)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var registry = slash < 0 ? text : text[..slash];
        var repository = slash < 0 ? null : text[(slash + 1)..];
        address = ImageReference.IsHost(registry) && (repository is null || ImageReference.IsRepository(repository))
            ? new RegistryAddress(ImageReference.NormaliseHost(registry), repository)
            : null;
        return address is not null;
    }

    /// <summary>The address and everything that it is in, the most specific first.</summary>
    public IEnumerable<string> Keys()
    {
        var key = ToString();
        for (var slash = key.Length; slash > 0; slash = key.LastIndexOf('/'))
        {
            key = key[..slash];
            yield return key;
        }
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Repository is null ? Registry : $"{Registry}/{Repository}";
}
