using System.CommandLine;
using System.Globalization;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.Registries.Copying;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp image pull</c></summary>
internal static class ImagePullCommand
{
    public static Command Create()
    {
        var reference = new Argument<string>("reference") { Description = "The image, such as registry.example.org/acme/hello:1.0." };
        var destination = new Argument<string>("destination") { Description = "Where it goes: oci:DIR[:TAG], oci-archive:FILE[:TAG] or docker-archive:FILE[:NAME:TAG]; FILE may be -, for standard output." };
        var platform = new Option<string?>("--platform") { Description = "Which image of an index, such as linux/arm64. Default: Linux on this processor.", HelpName = "OS/ARCH[/VARIANT]" };
        var allPlatforms = new Option<bool>("--all-platforms") { Description = "Fetch an index whole, with the images of all platforms, as it is in the registry; into oci:DIR only." };
        var registry = new RegistryOptionSet();
        var command = new Command("pull", "Fetch an image from a registry; layers that are there already are not fetched again.") { reference, destination, platform, allPlatforms };
        registry.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(platform) is not null && result.GetValue(allPlatforms))
            {
                result.AddError("--platform takes one image of an index, and --all-platforms all of them: give one of the two.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var location = ImageLocation.Parse(parsed.GetRequiredValue(destination));
            if (parsed.GetValue(allPlatforms))
            {
                await PullAllAsync(parsed, parsed.GetRequiredValue(reference), location, registry.Apply(parsed, new RegistryOptions()), cancellationToken);
                return;
            }

            var options = registry.Apply(parsed, new PullOptions { Platform = parsed.GetValue(platform) is { } text ? OciPlatform.Parse(text) : OciPlatform.Current });
            using var image = await RegistryImage.OpenAsync(parsed.GetRequiredValue(reference), options, cancellationToken);
            var written = await ProgressDisplay.RunAsync(parsed, progress => ImageBuildCommand.WriteAsync(image, location, new WriteOptions { Progress = progress }, cancellationToken));
            var fetched = written.Layers.Where(static layer => !layer.Reused).Sum(static layer => layer.Descriptor.Blob.Size);
            var report = string.Create(CultureInfo.InvariantCulture, $"{location}\n  image  {image.Name}\n  digest {image.Digest}\n  {written.Layers.Count} layers, {ByteSize.Format(fetched)} fetched");
            if (location.Path == ImageBuildCommand.StandardOutput)
            {
                // The archive has taken standard output.
                await Console.Error.WriteLineAsync(report);
                return;
            }

            Output.Print(parsed, report, () => new JObject
            {
                ["reference"] = image.Name,
                ["destination"] = location.ToString(),
                ["digest"] = image.Digest?.ToString(),
                ["bytesFetched"] = fetched,
            });
        });
        return command;
    }

    private static async Task PullAllAsync(ParseResult parsed, string reference, ImageLocation location, RegistryOptions options, CancellationToken cancellationToken)
    {
        var pulled = await ProgressDisplay.RunAsync(parsed, progress => RegistryPull.PullAsync(reference, location, options, progress, cancellationToken));
        var fetched = pulled.Fetched.Sum(static blob => blob.Size);
        Output.Print(
            parsed,
            string.Create(CultureInfo.InvariantCulture, $"{location}\n  digest {pulled.Digest}\n  {pulled.Blobs.Count} blobs, {ByteSize.Format(fetched)} fetched"),
            () => new JObject
            {
                ["reference"] = reference,
                ["destination"] = location.ToString(),
                ["digest"] = pulled.Digest.ToString(),
                ["bytesFetched"] = fetched,
            });
    }
}
