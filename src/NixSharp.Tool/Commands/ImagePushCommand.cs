using System.CommandLine;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Registries;
using NixSharp.Registries.Delivery;
using NixSharp.Registries.Engines;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp image push</c></summary>
internal static class ImagePushCommand
{
    private static readonly Argument<string> Source = new("source")
    {
        Description = "A store path, an image on disk (oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE), or an installable for nix to build, such as .#image.",
    };

    private static readonly Argument<string[]> References = new("references")
    {
        Description = "Where it goes, such as registry.example.org/acme/hello:1.0. {commit} stands for the abbreviated commit that is checked out.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Engine = new("--engine")
    {
        Description = "native, skopeo to have that program push, docker or podman to load the image there over the engine's socket.",
        HelpName = "ENGINE",
        DefaultValueFactory = static _ => ImageEngines.Names[0],
    };

    private static readonly Option<string?> Address = new("--address")
    {
        Description = "The socket of Docker or Podman. Default: $DOCKER_HOST or $CONTAINER_HOST, else the usual place.",
        HelpName = "unix://PATH",
    };

    private static readonly Option<string[]> PreviousTags = new("--previous-tag")
    {
        Description = "A tag of the same repository whose image may have some of the layers, such as that of the last release. May be given several times.",
        HelpName = "TAG",
    };

    private static readonly Option<string> PreviousLayers = new("--previous-layers")
    {
        Description = "What is believed of the layers that such images say they have: take-over, verify to make them here and compare, or ignore.",
        HelpName = "POLICY",
        DefaultValueFactory = static _ => PreviousLayerPolicies.Names[0],
    };

    public static Command Create()
    {
        PreviousLayers.AcceptOnlyFromAmong([.. PreviousLayerPolicies.Names]);
        Engine.AcceptOnlyFromAmong([.. ImageEngines.Names]);
        var images = new ImageOptionSet();
        var registry = new RegistryOptionSet();
        var command = new Command("push", "Push an image to a registry, or load it into Docker or Podman; what is there already is not sent again.")
        {
            Source, References, Engine, Address, PreviousTags, PreviousLayers,
        }.WithNixOptions();
        registry.AddTo(command);
        images.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var references = new List<ImageReference>();
            foreach (var text in parsed.GetRequiredValue(References))
            {
                references.Add(ImageReference.Parse(await TagTemplate.ExpandAsync(text, Environment.CurrentDirectory, cancellationToken)));
            }

            var from = parsed.GetRequiredValue(Source);
            await using var store = ImageLocation.TryParse(from, out var location) && !location.IsDescription ? null : await parsed.OpenStoreAsync(cancellationToken);
            using var image = location is null
                ? await OpenAsync(parsed, store!, images, from, cancellationToken)
                : await ContainerImage.OpenAsync(location, OpenOptions with { Store = store }, cancellationToken);
            var delivered = await ProgressDisplay.RunAsync(parsed, progress => image.DeliverAsync(references, Read(parsed, registry, progress), cancellationToken));
            Output.Print(parsed, string.Join('\n', delivered.Select(Describe)), () => delivered.Count == 1 ? ToJson(delivered[0]) : new JArray(delivered.Select(ToJson)));
        });
        return command;
    }

    private static OpenOptions OpenOptions => new() { Cache = new LayerCache(LayerCache.DefaultFolder) };

    private static DeliveryOptions Read(ParseResult parsed, RegistryOptionSet registry, IProgress<NixProgress>? progress) => new()
    {
        Engine = ImageEngines.Parse(parsed.GetRequiredValue(Engine)),
        Address = parsed.GetValue(Address) is { } address ? EngineAddress.Parse(address) : null,
        Push = registry.Apply(parsed, new PushOptions
        {
            PreviousTags = parsed.GetValue(PreviousTags) ?? [],
            PreviousLayers = PreviousLayerPolicies.Parse(parsed.GetRequiredValue(PreviousLayers)),
            Progress = progress,
        }),
    };

    /// <summary>The image of a store path's closure, or the one that the store path is itself.</summary>
    private static async Task<ContainerImage> OpenAsync(ParseResult parsed, INixStore store, ImageOptionSet images, string source, CancellationToken cancellationToken)
    {
        var path = source.StartsWith('/') && !source.Contains('#', StringComparison.Ordinal)
            ? StorePath.Parse(source, store.StoreDirectory)
            : await BuildAsync(parsed, source, cancellationToken);
        return store is IFileSystemStore files && await StoreImage.TryOpenAsync(files, path, OpenOptions, cancellationToken) is { } existing
            ? existing
            : await images.CreateImageAsync(parsed, store, [path.ToString()], cancellationToken);
    }

    private static async Task<StorePath> BuildAsync(ParseResult parsed, string installable, CancellationToken cancellationToken)
    {
        var results = await parsed.RunNixAsync(client => client.BuildAsync(installable, cancellationToken: cancellationToken), cancellationToken);
        StorePath[] outputs = [.. results.SelectMany(static result => result.Outputs.Values)];
        return outputs is [var output]
            ? output
            : throw new NixConfigurationException(
                NixErrorCodes.InvalidSetting,
                $"{installable} has {outputs.Length} outputs, and an image is made of one. Name it, as in {installable}^out.");
    }

    private static string Describe(DeliveredImage delivered)
    {
        var text = new StringBuilder($"{delivered.Reference}\n  digest {delivered.Digest}\n");
        foreach (var layer in delivered.Push?.Layers ?? [])
        {
            text.Append($"  layer  {layer.Digest} {ByteSize.Format(layer.Size)} ({Word(layer.Outcome)})\n");
        }

        var end = delivered switch
        {
            { Unchanged: true } => "  unchanged: the image was there already",
            { Push: { } pushed } => $"  sent {ByteSize.Format(pushed.BytesUploaded)} in {pushed.RequestCount} requests",
            { BytesSent: { } bytes } => $"  sent {ByteSize.Format(bytes)}",
            _ => "",
        };
        return text.Append(end).ToString().TrimEnd('\n');
    }

    private static string Word(BlobOutcome outcome) => outcome switch
    {
        BlobOutcome.Uploaded => "sent",
        BlobOutcome.Mounted => "mounted",
        _ => "already there",
    };

    private static JObject ToJson(DeliveredImage delivered)
    {
        var json = new JObject
        {
            ["reference"] = delivered.Reference.ToString(),
            ["digest"] = delivered.Digest.ToString(),
            ["unchanged"] = delivered.Unchanged,
            ["bytesUploaded"] = delivered.BytesSent,
        };
        if (delivered.Push is { } pushed)
        {
            json["requests"] = pushed.RequestCount;
            json["layers"] = new JArray(pushed.Layers.Select(static layer => new JObject
            {
                ["digest"] = layer.Digest.ToString(),
                ["size"] = layer.Size,
                ["outcome"] = layer.Outcome.ToString(),
            }));
        }

        return json;
    }
}
