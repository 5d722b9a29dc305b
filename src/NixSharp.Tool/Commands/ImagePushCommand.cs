using System.CommandLine;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Registries;
using NixSharp.Registries.Skopeo;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp image push</c></summary>
internal static class ImagePushCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("source") { Description = "A store path, or an image on disk: oci:DIR[:TAG], oci-archive:FILE or docker-archive:FILE." };
        var reference = new Argument<string>("reference") { Description = "Where it goes, such as registry.example.org/acme/hello:1.0." };
        var engine = new Option<string>("--engine") { Description = "native, or skopeo to have that program push.", HelpName = "ENGINE", DefaultValueFactory = static _ => "native" };
        engine.AcceptOnlyFromAmong("native", "skopeo");
        var authFile = new Option<string?>("--authfile") { Description = "The file with credentials, in place of those of skopeo, Podman and Docker.", HelpName = "FILE" };
        var plainHttp = new Option<bool>("--plain-http") { Description = "Talk plain HTTP to a registry that is not on this machine." };
        var options = new ImageOptionSet();
        var command = new Command("push", "Push an image to a registry; layers that are there already are not sent again.") { source, reference, engine, authFile, plainHttp };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var destination = ImageReference.Parse(parsed.GetRequiredValue(reference));
            var credentials = parsed.GetValue(authFile) is { } file ? CredentialStore.FromFile(file) : CredentialStore.Default;
            var from = parsed.GetRequiredValue(source);
            await using var store = ImageLocation.TryParse(from, out var location) ? null : await parsed.OpenStoreAsync(cancellationToken);
            using var image = location is null
                ? await options.CreateImageAsync(parsed, store!, [from], cancellationToken)
                : await ContainerImage.OpenAsync(location, new OpenOptions { Cache = new LayerCache(LayerCache.DefaultFolder) }, cancellationToken);
            if (parsed.GetValue(engine) == "skopeo")
            {
                var client = new SkopeoClient(new SkopeoOptions { Credentials = credentials, PlainHttp = parsed.GetValue(plainHttp), InsecurePolicy = true });
                var digest = await ProgressDisplay.RunAsync(parsed, progress => location is null
                    ? client.PushAsync(image, destination, progress, cancellationToken)
                    : client.CopyAsync(location.ToString(), $"docker://{destination}", cancellationToken: cancellationToken));
                Output.Print(parsed, $"{destination}\n  digest {digest}", () => new JObject { ["reference"] = destination.ToString(), ["digest"] = digest.ToString() });
                return;
            }

            var pushed = await ProgressDisplay.RunAsync(parsed, progress => image.PushAsync(
                destination,
                new PushOptions { Credentials = credentials, PlainHttp = parsed.GetValue(plainHttp), Progress = progress },
                cancellationToken));
            Output.Print(parsed, Describe(pushed), () => ToJson(pushed));
        });
        return command;
    }

    private static string Describe(PushResult pushed)
    {
        var text = new StringBuilder($"{pushed.Reference}\n  digest {pushed.Digest}\n");
        foreach (var layer in pushed.Layers)
        {
            text.Append($"  layer  {layer.Digest} {ByteSize.Format(layer.Size)} ({Word(layer.Outcome)})\n");
        }

        return text.Append(pushed.Unchanged ? "  unchanged: the registry has this image under this tag" : $"  sent {ByteSize.Format(pushed.BytesUploaded)} in {pushed.RequestCount} requests").ToString();
    }

    private static string Word(BlobOutcome outcome) => outcome switch
    {
        BlobOutcome.Uploaded => "sent",
        BlobOutcome.Mounted => "mounted",
        _ => "already there",
    };

    private static JObject ToJson(PushResult pushed) => new()
    {
        ["reference"] = pushed.Reference.ToString(),
        ["digest"] = pushed.Digest.ToString(),
        ["unchanged"] = pushed.Unchanged,
        ["bytesUploaded"] = pushed.BytesUploaded,
        ["requests"] = pushed.RequestCount,
        ["layers"] = new JArray(pushed.Layers.Select(static layer => new JObject
        {
            ["digest"] = layer.Digest.ToString(),
            ["size"] = layer.Size,
            ["outcome"] = layer.Outcome.ToString(),
        })),
    };
}
