using System.CommandLine;
using System.Globalization;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.Registries.Copying;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp image copy</c></summary>
internal static class ImageCopyCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("source") { Description = "The image, or index of images, such as registry.example.org/acme/hello:1.0." };
        var destination = new Argument<string>("destination") { Description = "Where it goes." };
        var platform = new Option<string?>("--platform") { Description = "Copy one image of an index, such as linux/arm64. Default: the whole index.", HelpName = "OS/ARCH[/VARIANT]" };
        var (from, to) = (new RegistryOptionSet("src-"), new RegistryOptionSet("dest-"));
        var command = new Command("copy", "Copy an image or index from one registry to another, or within one; what is there is not sent.") { source, destination, platform };
        from.AddTo(command);
        to.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var copied = await ProgressDisplay.RunAsync(parsed, progress => RegistryCopy.CopyAsync(
                ImageOperand.ParseReference(parsed.GetRequiredValue(source)),
                ImageOperand.ParseReference(parsed.GetRequiredValue(destination)),
                new CopyOptions
                {
                    Source = from.Apply(parsed, new RegistryOptions()),
                    Destination = to.Apply(parsed, new RegistryOptions()),
                    Platform = parsed.GetValue(platform) is { } text ? OciPlatform.Parse(text) : null,
                    Progress = progress,
                },
                cancellationToken));
            Output.Print(parsed, Describe(copied), () => ToJson(copied));
        });
        return command;
    }

    private static string Describe(CopyResult copied) => string.Create(
        CultureInfo.InvariantCulture,
        $"{copied.Reference}\n  digest {copied.Digest}\n  {(copied.Unchanged ? "unchanged: it is there already" : $"{copied.Blobs.Count} blobs: {Count(copied, BlobOutcome.Uploaded)} sent, {Count(copied, BlobOutcome.Mounted)} mounted, {Count(copied, BlobOutcome.AlreadyPresent)} already there; sent {ByteSize.Format(copied.BytesUploaded)}")}");

    private static int Count(CopyResult copied, BlobOutcome outcome) => copied.Blobs.Count(blob => blob.Outcome == outcome);

    private static JObject ToJson(CopyResult copied) => new()
    {
        ["reference"] = copied.Reference.ToString(),
        ["digest"] = copied.Digest.ToString(),
        ["unchanged"] = copied.Unchanged,
        ["bytesUploaded"] = copied.BytesUploaded,
        ["blobs"] = new JArray(copied.Blobs.Select(static blob => new JObject
        {
            ["digest"] = blob.Digest.ToString(),
            ["size"] = blob.Size,
            ["outcome"] = blob.Outcome.ToString(),
        })),
    };
}
