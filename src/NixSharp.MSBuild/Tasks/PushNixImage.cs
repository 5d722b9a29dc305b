using System.Globalization;
using Microsoft.Build.Framework;
using NixSharp.Images;
using NixSharp.MSBuild.Items;
using NixSharp.Registries;
using NixSharp.Registries.Delivery;

namespace NixSharp.MSBuild;

/// <summary>Makes an image and pushes it, or loads it into a container engine.</summary>
[MSBuildMultiThreadableTask]
public sealed class PushNixImage : NixImageTask
{
    /// <summary><c>native</c>, <c>skopeo</c>, <c>docker</c> or <c>podman</c>.</summary>
    [Required]
    public string Engine { get; set; } = "";

    /// <summary>Tags of the same repository whose images may have some of the layers.</summary>
    public string[] PreviousTags { get; set; } = [];

    /// <summary>What is believed of the layers that such images say they have: <c>take-over</c>, <c>verify</c> or <c>ignore</c>.</summary>
    public string? PreviousLayers { get; set; }

    /// <summary>The most requests at one time; as many as the registry takes well by default.</summary>
    public string? Connections { get; set; }

    private protected override async Task<IReadOnlyList<NixItem>> UseAsync(ContainerImage image, CancellationToken cancellationToken) =>
        Report(await image.DeliverAsync(ReadReferences(), ReadDeliveryOptions(), cancellationToken).ConfigureAwait(false));

    private protected override async Task<IReadOnlyList<NixItem>> UseAsync(ImageIndex index, CancellationToken cancellationToken) =>
        Report(await index.DeliverAsync(ReadReferences(), ReadDeliveryOptions(), cancellationToken).ConfigureAwait(false));

    private ImageReference[] ReadReferences()
    {
        var repository = NullIfEmpty(Registry) is { } registry ? $"{registry}/{Repository}" : Repository;
        return [.. Tags.Select(tag => ImageReference.Parse($"{repository}:{tag}"))];
    }

    private DeliveryOptions ReadDeliveryOptions() => new()
    {
        Engine = ImageEngines.Parse(Engine),
        Push = ReadPushOptions() with
        {
            PreviousTags = PreviousTags,
            PreviousLayers = NullIfEmpty(PreviousLayers) is { } policy ? PreviousLayerPolicies.Parse(policy) : default,
            Connections = NullIfEmpty(Connections) is { } connections ? ReadConnections(connections) : null,
        },
        Log = new InlineProgress<string>(line => Log.LogMessage(MessageImportance.Normal, "{0}", line)),
    };

    private static int ReadConnections(string text) => ReadNumber("NixImageConnections", text) is > 0 and var count
        ? count
        : throw new NixConfigurationException(NixErrorCodes.InvalidSetting, $"NixImageConnections is '{text}', and a push needs at least one. Set it to a number from 1 on.");

    private static NixItem ToItem(DeliveredImage arrived) => new(
        arrived.Reference.ToString(),
        ("Registry", arrived.Reference.Registry),
        ("Repository", arrived.Reference.Repository),
        ("Tag", arrived.Reference.Tag ?? ""),
        ("Digest", arrived.Digest.ToString()),
        ("Reference", $"{arrived.Reference.Registry}/{arrived.Reference.Repository}@{arrived.Digest}"),
        ("BytesSent", string.Create(CultureInfo.InvariantCulture, $"{arrived.BytesSent}")));

    private IReadOnlyList<NixItem> Report(IReadOnlyList<DeliveredImage> delivered)
    {
        foreach (var arrived in delivered)
        {
            Report(arrived);
        }

        return [.. delivered.Select(ToItem)];
    }

    private void Report(DeliveredImage arrived)
    {
        foreach (var layer in arrived.Push?.Layers ?? [])
        {
            Log.LogMessage(MessageImportance.Normal, "{0} {1} {2}", layer.Digest, layer.Size, layer.Outcome);
        }

        var what = arrived switch
        {
            { Unchanged: true } => "was there already",
            { BytesSent: { } bytes } => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes sent"),
            _ => $"by {Engine}",
        };
        Log.LogMessage(MessageImportance.High, "{0} -> {1}@{2} ({3})", Repository, arrived.Reference, arrived.Digest, what);
    }
}
