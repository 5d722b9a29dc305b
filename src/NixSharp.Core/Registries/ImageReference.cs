using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>
/// Where an image is, or should go: <c>[REGISTRY/]REPOSITORY[:TAG][@DIGEST]</c>, as Docker writes it. Without a
/// registry it is Docker Hub's, without tag and digest the tag is <c>latest</c>.
/// </summary>
public sealed partial record ImageReference
{
    /// <summary>Docker Hub, as it is called in references.</summary>
    public const string DockerHub = "docker.io";

    private ImageReference(string registry, string repository, string? tag, OciDigest? digest)
    {
        Registry = registry;
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>The registry's host, and its port where one is given: <c>quay.io</c>, <c>127.0.0.1:5000</c>.</summary>
    public string Registry { get; }

    /// <summary>The repository in the registry: <c>acme/hello</c>.</summary>
    public string Repository { get; }

    /// <summary>The tag; null where only a digest was given.</summary>
    public string? Tag { get; }

    /// <summary>The digest that the manifest must have, if one was given.</summary>
    public OciDigest? Digest { get; }

    /// <summary>The host that answers for <see cref="Registry"/>; another one for Docker Hub only.</summary>
    public string ApiHost => Address.ApiHost;

    /// <summary>Whether the registry is on this machine, so that plain HTTP shows nothing to anybody.</summary>
    public bool IsLoopback => Address.IsLoopback;

    /// <summary>Registry and repository.</summary>
    internal RegistryAddress Address => new(Registry, Repository);

    /// <summary>What the manifest is asked for by: the digest where there is one, else the tag.</summary>
    public string ManifestReference => Digest?.ToString() ?? Tag!;

    /// <summary>The same repository with another tag and no digest.</summary>
    /// <exception cref="RegistryException">The tag is not allowed.</exception>
    public ImageReference WithTag(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return TagPattern().IsMatch(tag)
            ? new ImageReference(Registry, Repository, tag, null)
            : throw new RegistryException(NixErrorCodes.InvalidImageReference, $"'{tag}' cannot be a tag: {TagRule}. Choose one like 1.0 or latest.");
    }

    /// <summary>The same reference, of which only the image with this digest is meant.</summary>
    public ImageReference WithDigest(OciDigest digest) => new(Registry, Repository, Tag, digest);

    /// <summary>The reference in full.</summary>
    public override string ToString() =>
        $"{Registry}/{Repository}{(Tag is null ? "" : ":" + Tag)}{(Digest is { } digest ? "@" + digest : "")}";
}
