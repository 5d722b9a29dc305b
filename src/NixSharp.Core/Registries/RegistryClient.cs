using System.Net;
using System.Security.Cryptography;
using NixSharp.Images.Oci;
using NixSharp.Registries.Configuration;

namespace NixSharp.Registries;

/// <summary>
/// One repository of a registry, by the OCI distribution specification. Safe for use by several threads. Every method
/// throws a <see cref="RegistryException"/> where the registry cannot be reached, denies access, or answers nonsense.
/// </summary>
public sealed partial class RegistryClient : IDisposable
{
    private const int MaxManifestSize = 4 << 20;
    private const int BufferSize = 128 * 1024;
    private static readonly string[] ManifestTypes =
        [OciMediaTypes.Manifest, OciMediaTypes.Index, OciMediaTypes.DockerManifest, OciMediaTypes.DockerManifestList];

    private readonly RegistryOptions _options;
    private readonly string _registry;
    private readonly string _repository;
    private readonly RegistryTransport _transport;
    private readonly RegistryScope _readScope;
    private readonly RegistryScope _writeScope;

    /// <summary>Makes a client for the repository that <paramref name="reference"/> names; nothing is sent yet.</summary>
    public RegistryClient(ImageReference reference, RegistryOptions? options = null)
        : this(reference, options ?? new RegistryOptions(), isPush: false)
    {
    }

    internal RegistryClient(ImageReference reference, RegistryOptions options, bool isPush)
        : this(reference, Configure(options), endpoint: null, isPush)
    {
    }

    /// <summary>Makes a client that asks another place than the reference says.</summary>
    internal RegistryClient(ImageReference reference, RegistryOptions options, RegistryEndpoint? endpoint, bool isPush = false)
    {
        ArgumentNullException.ThrowIfNull(reference);
        endpoint ??= options.Configuration!.Route(reference, options);
        Reference = reference;
        _options = options;
        _registry = endpoint.Address.Registry;
        _repository = endpoint.Address.Repository ?? throw new RegistryException(
            NixErrorCodes.RegistriesConfigurationInvalid,
            $"registries.conf sends {reference.Address} to {endpoint.Address}, which names no repository. Give the rule a location with one.");
        _transport = new RegistryTransport(endpoint, options);
        _writeScope = RegistryScope.Push(_repository);

        // A push reads too; asking for both rights at once saves it a token.
        _readScope = isPush ? _writeScope : RegistryScope.Pull(_repository);
    }

    /// <summary>The repository, and the manifest that is meant where none is named.</summary>
    public ImageReference Reference { get; }

    /// <summary>The number of HTTP requests so far, those to token servers included.</summary>
    public int RequestCount => _transport.RequestCount;

    /// <summary>Checks that the registry answers and, if it asks for credentials, takes those that there are.</summary>
    public async Task PingAsync(CancellationToken cancellationToken = default)
    {
        var request = new RegistryRequest(HttpMethod.Get, _transport.BaseUri, RegistryScope.None, HttpStatusCode.OK);
        using var response = await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The descriptor of a manifest, or null where there is none.</summary>
    /// <param name="reference">A tag or digest; null takes that of <see cref="Reference"/>.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public async Task<OciDescriptor?> FindManifestAsync(string? reference = null, CancellationToken cancellationToken = default)
    {
        var request = new RegistryRequest(HttpMethod.Head, ManifestUri(reference), _readScope, HttpStatusCode.OK, HttpStatusCode.NotFound) { Accept = ManifestTypes };
        using var response = await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        // Not every registry names the digest here; the manifest itself always tells it.
        return DigestOf(response) is { } digest && response.Content.Headers is { ContentLength: { } size, ContentType.MediaType: { } type }
            ? new OciDescriptor(type, digest, size)
            : (await GetManifestAsync(reference, cancellationToken).ConfigureAwait(false)).Descriptor;
    }

    /// <summary>Fetches a manifest of up to 4 MiB, and checks its digest where it is asked for by digest or the registry names one.</summary>
    /// <param name="reference">A tag or digest; null takes that of <see cref="Reference"/>.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public async Task<RegistryManifest> GetManifestAsync(string? reference = null, CancellationToken cancellationToken = default)
    {
        var uri = ManifestUri(reference);
        var request = new RegistryRequest(HttpMethod.Get, uri, _readScope, HttpStatusCode.OK) { Accept = ManifestTypes };
        return await _transport.Retry.ExecuteAsync(
            async token =>
            {
                using var response = await _transport.SendOnceAsync(request, token).ConfigureAwait(false);
                var content = await RegistryAnswer.ReadAsync(response, MaxManifestSize, token).ConfigureAwait(false);
                var digest = OciDigest.Compute(content);
                CheckDigest(OciDigest.TryParse(reference ?? Reference.ManifestReference, out var asked) ? asked : DigestOf(response), digest, uri);
                var type = ManifestType.Read(content, response.Content.Headers.ContentType?.MediaType, out var why) ?? throw RegistryAnswer.Malformed(response, why!);
                return new RegistryManifest(new OciDescriptor(type, digest, content.Length), content);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a manifest, whose blobs have to be there, and checks that the registry sees the same digest.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="reference">A tag, or the manifest's digest; null takes that of <see cref="Reference"/>.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>
    /// The subject of the manifest, where the registry says that it lists the manifest among the subject's referrers;
    /// null where it keeps no such list, or the manifest has no subject.
    /// </returns>
    public async Task<OciDigest?> PutManifestAsync(RegistryManifest manifest, string? reference = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var uri = ManifestUri(reference);
        var request = new RegistryRequest(HttpMethod.Put, uri, _writeScope, HttpStatusCode.Created, HttpStatusCode.OK)
        {
            Content = () => RegistryContent.From(manifest.Descriptor.MediaType, manifest.Content),
        };
        using var response = await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        CheckDigest(manifest.Descriptor.Digest, DigestOf(response) ?? manifest.Descriptor.Digest, uri);
        return DigestOf(response, "OCI-Subject");
    }

    /// <summary>Whether a blob is in the repository.</summary>
    public async Task<bool> HasBlobAsync(OciDigest digest, CancellationToken cancellationToken = default)
    {
        var request = new RegistryRequest(HttpMethod.Head, BlobUri(digest), _readScope, HttpStatusCode.OK, HttpStatusCode.NotFound);
        using var response = await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>
    /// Copies a blob into <paramref name="destination"/>, which stays open; goes on where a broken connection left it.
    /// Its digest is known in the end only: do not use what was written where this throws.
    /// </summary>
    public async Task DownloadBlobAsync(OciDescriptor blob, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var source = OpenBlob(blob);
        await using (source.ConfigureAwait(false))
        {
            using var hash = SHA256.Create();
            var hashing = new CryptoStream(destination, hash, CryptoStreamMode.Write, leaveOpen: true);
            await using (hashing.ConfigureAwait(false))
            {
                await source.CopyToAsync(hashing, BufferSize, cancellationToken).ConfigureAwait(false);
                await hashing.FlushFinalBlockAsync(cancellationToken).ConfigureAwait(false);
            }

            CheckDigest(blob.Digest, OciDigest.FromBytes(hash.Hash), BlobUri(blob.Digest));
        }
    }

    /// <summary>Reads a blob, whose size is checked, and whose digest is not.</summary>
    internal RegistryBlobStream OpenBlob(OciDescriptor blob) => new(
        _transport,
        new RegistryRequest(HttpMethod.Get, BlobUri(blob.Digest), _readScope, HttpStatusCode.OK, HttpStatusCode.PartialContent),
        blob);

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _transport.Dispose();

    /// <summary>The options with the configuration that they mean.</summary>
    internal static T Configure<T>(T options)
        where T : RegistryOptions =>
        options.Configuration is null ? options with { Configuration = RegistriesConfiguration.Load() } : options;

    private static OciDigest? DigestOf(HttpResponseMessage response, string header = "Docker-Content-Digest") =>
        response.Headers.TryGetValues(header, out var values) && OciDigest.TryParse(values.FirstOrDefault(), out var digest)
            ? digest
            : null;

    private static void CheckDigest(OciDigest? expected, OciDigest actual, Uri uri)
    {
        if (expected is { } wanted && wanted != actual)
        {
            throw new RegistryException(
                NixErrorCodes.RegistryDigestMismatch,
                $"{RegistryAnswer.Show(uri)} has the digest {actual}, and {wanted} was expected. Something changes contents on the way: do not use them, and look for a proxy or a damaged registry.")
            {
                RequestUri = RegistryAnswer.Show(uri),
            };
        }
    }

    private Uri ManifestUri(string? reference) => RepositoryUri($"manifests/{Checked(reference ?? Reference.ManifestReference)}");

    private Uri BlobUri(OciDigest digest) => RepositoryUri($"blobs/{digest}");

    private Uri RepositoryUri(string path) => new(_transport.BaseUri, $"/v2/{_repository}/{path}");

    /// <summary>Lets nothing but a tag or a digest into a URI.</summary>
    private string Checked(string reference) =>
        OciDigest.TryParse(reference, out _) ? reference : Reference.WithTag(reference).Tag!;
}
