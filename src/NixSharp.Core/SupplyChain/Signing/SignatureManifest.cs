using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Registries;

namespace NixSharp.SupplyChain.Signing;

/// <summary>
/// The manifest under <c>sha256-HEX.sig</c> or <c>sha256-HEX.att</c> that holds all signatures or attestations of an
/// image: each is a layer. Entries are added, and none is ever taken away.
/// </summary>
internal sealed class SignatureManifest(RegistryClient client, OciDigest subject, string suffix)
{
    public const string SignatureSuffix = ".sig";
    public const string AttestationSuffix = ".att";

    private const int MaxEntries = 1000;
    private const string BeginningOfTime = "0001-01-01T00:00:00Z";

    private string Tag { get; } = Referrers.FallbackTag(subject) + suffix;

    private string Name => client.Reference.WithTag(Tag).ToString();

    public async Task<IReadOnlyList<SignatureEntry>> ReadAsync(CancellationToken cancellationToken) =>
        await TagUpdate.FindAsync(client, Tag, cancellationToken).ConfigureAwait(false) is { } manifest ? Read(manifest) : [];

    /// <summary>Fetches what an entry holds, and checks its digest.</summary>
    public Task<ReadOnlyMemory<byte>> FetchAsync(SignatureEntry entry, int limit, CancellationToken cancellationToken) =>
        Referrers.DownloadAsync(client, entry.Blob, limit, Name, cancellationToken);

    /// <summary>Parses what an entry holds.</summary>
    public JObject Parse(ReadOnlySpan<byte> content) => ReferrersIndex.Parse(content, $"A signature in {Name}");

    /// <summary>Adds an entry, whose blob is uploaded first.</summary>
    public async Task AddAsync(string mediaType, ReadOnlyMemory<byte> content, IReadOnlyDictionary<string, string> annotations, CancellationToken cancellationToken)
    {
        var blob = await Referrers.UploadAsync(client, mediaType, content, cancellationToken).ConfigureAwait(false);
        var entry = new SignatureEntry(blob, annotations);
        await new TagUpdate(client, Tag).RunAsync(
            async (before, token) => await AppendAsync(before, entry, token).ConfigureAwait(false),
            after => Read(after).Any(other => IsSame(other, entry)),
            cancellationToken).ConfigureAwait(false);
    }

    private static bool IsSame(SignatureEntry left, SignatureEntry right) =>
        left.Blob == right.Blob && right.Annotations.All(pair => left.Annotations.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private async Task<RegistryManifest> AppendAsync(RegistryManifest? before, SignatureEntry entry, CancellationToken cancellationToken)
    {
        var layers = before is null ? [] : (JArray)Layers(before).DeepClone();
        var layer = ImageJson.Descriptor(entry.Blob);
        layer["annotations"] = new JObject(entry.Annotations.Select(static pair => new JProperty(pair.Key, pair.Value)));
        layers.Add(layer);
        var config = ImageJson.Write(new JObject
        {
            ["architecture"] = "",
            ["created"] = BeginningOfTime,
            ["history"] = new JArray(layers.Select(static _ => new JObject { ["created"] = BeginningOfTime })),
            ["os"] = "",
            ["rootfs"] = new JObject { ["type"] = "layers", ["diff_ids"] = new JArray(layers.Select(static item => item["digest"])) },
            ["config"] = new JObject(),
        });
        var configBlob = await Referrers.UploadAsync(client, OciMediaTypes.Config, config, cancellationToken).ConfigureAwait(false);
        return Referrers.ManifestOf(OciMediaTypes.Manifest, ImageJson.Write(new JObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = OciMediaTypes.Manifest,
            ["config"] = ImageJson.Descriptor(configBlob),
            ["layers"] = layers,
        }));
    }

    private IReadOnlyList<SignatureEntry> Read(RegistryManifest manifest) =>
        [.. Layers(manifest).Select(layer => new SignatureEntry(
            ImageJson.Descriptor(layer) ?? throw ReferrersIndex.Malformed(Name, "a layer is no descriptor"),
            ReferrersIndex.ReadAnnotations(layer)))];

    private JArray Layers(RegistryManifest manifest)
    {
        var layers = ReferrersIndex.Parse(manifest.Content.Span, Name)["layers"] as JArray ?? throw ReferrersIndex.Malformed(Name, "it has no layers");
        return layers.Count <= MaxEntries ? layers : throw ReferrersIndex.Malformed(Name, $"it has more than {MaxEntries} layers");
    }
}
