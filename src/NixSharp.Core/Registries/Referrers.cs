using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>
/// What is attached to the images of a repository, by the OCI distribution specification, version 1.1: by the referrers
/// API where the registry has it, else by the tag <c>sha256-HEX</c>.
/// </summary>
public sealed class Referrers
{
    /// <summary>The most bytes that a document may have to be fetched.</summary>
    public const int MaxContentSize = 64 << 20;

    private const string EmptyType = "application/vnd.oci.empty.v1+json";
    private const int MaxPushes = 5;
    private static readonly TimeSpan PushDelay = TimeSpan.FromMilliseconds(50);
    private static readonly byte[] Empty = "{}"u8.ToArray();

    private readonly RegistryClient _client;

    /// <summary>Looks at the repository of <paramref name="client"/>, which stays the caller's.</summary>
    public Referrers(RegistryClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
    }

    /// <summary>The tag that lists the referrers of a manifest where the registry itself does not.</summary>
    public static string FallbackTag(OciDigest subject) => $"sha256-{subject.Hex}";

    /// <summary>Lists what is attached to a manifest.</summary>
    /// <param name="subject">The manifest's digest.</param>
    /// <param name="artifactType">Only documents of this type; null takes all.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <exception cref="RegistryException">The registry cannot be reached, or denies access.</exception>
    /// <exception cref="SupplyChainException">The list is damaged.</exception>
    public async Task<IReadOnlyList<Referrer>> ListAsync(OciDigest subject, string? artifactType = null, CancellationToken cancellationToken = default)
    {
        if (await _client.FindReferrersAsync(subject, artifactType, cancellationToken).ConfigureAwait(false) is not { } all)
        {
            var index = await TagUpdate.FindAsync(_client, FallbackTag(subject), cancellationToken).ConfigureAwait(false);
            all = index is null ? [] : ReferrersIndex.Read(index.Content.Span, Describe(subject));
        }

        // A registry may leave the choice to its clients.
        return artifactType is null ? all : [.. all.Where(referrer => referrer.ArtifactType == artifactType)];
    }

    /// <summary>Attaches a document to a manifest. The same document attached twice is there once.</summary>
    /// <returns>The descriptor of the manifest that holds the document.</returns>
    /// <exception cref="RegistryException">The registry cannot be reached, or refuses.</exception>
    /// <exception cref="SupplyChainException">The list of what is attached is damaged, or cannot be changed.</exception>
    public async Task<OciDescriptor> AttachAsync(OciDescriptor subject, ReferrerArtifact artifact, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        var manifest = await PushAsync(subject, artifact, cancellationToken).ConfigureAwait(false);
        if (await _client.FindReferrersAsync(subject.Digest, artifact.ArtifactType, cancellationToken).ConfigureAwait(false) is null)
        {
            await ListInTagAsync(subject, manifest.Descriptor, artifact, cancellationToken).ConfigureAwait(false);
        }

        return manifest.Descriptor;
    }

    /// <summary>Fetches the document that a referrer holds, of up to <see cref="MaxContentSize"/> bytes, and checks its digest.</summary>
    /// <exception cref="RegistryException">It cannot be fetched.</exception>
    /// <exception cref="SupplyChainException">The referrer holds no single document, or one that is too large.</exception>
    public async Task<ReadOnlyMemory<byte>> FetchAsync(Referrer referrer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(referrer);
        var name = $"The artifact {referrer.Descriptor.Digest} in {_client.Reference.Registry}/{_client.Reference.Repository}";
        var manifest = await _client.GetManifestAsync(referrer.Descriptor.Digest.ToString(), cancellationToken).ConfigureAwait(false);
        var layers = ReferrersIndex.Parse(manifest.Content.Span, name).Items("layers").ToList();
        return layers is [var only] && ImageJson.Descriptor(only) is { } blob
            ? await DownloadAsync(_client, blob, MaxContentSize, name, cancellationToken).ConfigureAwait(false)
            : throw ReferrersIndex.Malformed(name, $"it holds {layers.Count} documents instead of one");
    }

    /// <summary>Fetches the only document that is attached to a manifest, or the only one of a type.</summary>
    /// <exception cref="RegistryException">It cannot be fetched.</exception>
    /// <exception cref="SupplyChainException">There is none, or more than one.</exception>
    public async Task<ReadOnlyMemory<byte>> FetchOnlyAsync(OciDigest subject, string? artifactType = null, CancellationToken cancellationToken = default)
    {
        var found = await ListAsync(subject, artifactType, cancellationToken).ConfigureAwait(false);
        return found is [var only]
            ? await FetchAsync(only, cancellationToken).ConfigureAwait(false)
            : throw new SupplyChainException(
                NixErrorCodes.NotSigned,
                $"{_client.Reference.Registry}/{_client.Reference.Repository}@{subject} has {found.Count} documents{(artifactType is null ? "" : $" of the type {artifactType}")} attached, and one was asked for. List them with 'nixsharp image referrers'.");
    }

    internal static async Task<ReadOnlyMemory<byte>> DownloadAsync(RegistryClient client, OciDescriptor blob, int limit, string name, CancellationToken cancellationToken)
    {
        if (blob.Size > limit)
        {
            throw ReferrersIndex.Malformed(name, $"it has {blob.Size} bytes, and {limit} are allowed");
        }

        using var bytes = new MemoryStream();
        await client.DownloadBlobAsync(blob, bytes, cancellationToken).ConfigureAwait(false);
        return bytes.ToArray();
    }

    internal static async Task<OciDescriptor> UploadAsync(RegistryClient client, string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var blob = new OciDescriptor(mediaType, OciDigest.Compute(content.Span), content.Length);
        if (!await client.HasBlobAsync(blob.Digest, cancellationToken).ConfigureAwait(false))
        {
            await client.UploadBlobAsync(blob, content, cancellationToken).ConfigureAwait(false);
        }

        return blob;
    }

    internal static RegistryManifest ManifestOf(string mediaType, byte[] content) =>
        new(new OciDescriptor(mediaType, OciDigest.Compute(content), content.Length), content);

    private async Task<RegistryManifest> PushAsync(OciDescriptor subject, ReferrerArtifact artifact, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var content = await UploadAsync(_client, artifact.MediaType ?? artifact.ArtifactType, artifact.Content, cancellationToken).ConfigureAwait(false);
                var empty = await UploadAsync(_client, EmptyType, Empty, cancellationToken).ConfigureAwait(false);
                var manifest = WriteManifest(artifact, empty, content, subject);
                await _client.PutManifestAsync(manifest, manifest.Descriptor.Digest.ToString(), cancellationToken).ConfigureAwait(false);
                return manifest;
            }
            catch (RegistryException error) when (attempt < MaxPushes && PreviousImage.IsGone(error))
            {
                // Registries lose sight of a blob that several clients upload at once, such as the empty one.
                await Task.Delay(PushDelay * attempt, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static RegistryManifest WriteManifest(ReferrerArtifact artifact, OciDescriptor config, OciDescriptor content, OciDescriptor subject)
    {
        var json = new JObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = OciMediaTypes.Manifest,
            ["artifactType"] = artifact.ArtifactType,
            ["config"] = ImageJson.Descriptor(config),
            ["layers"] = new JArray(ImageJson.Descriptor(content)),
            ["subject"] = ImageJson.Descriptor(subject),
        };
        if (artifact.Annotations.Count > 0)
        {
            json["annotations"] = new JObject(artifact.Annotations.Select(static pair => new JProperty(pair.Key, pair.Value)));
        }

        return ManifestOf(OciMediaTypes.Manifest, ImageJson.Write(json));
    }

    private Task ListInTagAsync(OciDescriptor subject, OciDescriptor manifest, ReferrerArtifact artifact, CancellationToken cancellationToken)
    {
        var name = Describe(subject.Digest);
        var referrer = new Referrer { Descriptor = manifest, ArtifactType = artifact.ArtifactType, Annotations = artifact.Annotations };
        return new TagUpdate(_client, FallbackTag(subject.Digest)).RunAsync(
            (index, _) => Task.FromResult(index is not null && ReferrersIndex.Contains(index.Content.Span, manifest.Digest, name)
                ? null
                : ManifestOf(OciMediaTypes.Index, ReferrersIndex.Add(index is null ? default : index.Content.Span, referrer, name))),
            index => ReferrersIndex.Contains(index.Content.Span, manifest.Digest, name),
            cancellationToken);
    }

    private string Describe(OciDigest subject) => $"The list of referrers {_client.Reference.Registry}/{_client.Reference.Repository}:{FallbackTag(subject)}";
}
