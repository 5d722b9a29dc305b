using System.CommandLine;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp image ...</c></summary>
internal static class ImageCommands
{
    public static Command Create() => new("image", "Container images of closures.")
    {
        ImagePlanCommand.Create(),
        CreateBuild(),
        ImageDiffCommand.Create(),
        ImagePushCommand.Create(),
        SupplyChainCommands.CreateBill(),
        SupplyChainCommands.CreateProvenance(),
        SigningCommands.CreateSign(),
        SigningCommands.CreateVerify(),
        SigningCommands.CreateReferrers(),
        SigningCommands.CreateKey(),
    };

    private static Command CreateBuild()
    {
        var paths = new Argument<string[]>("paths") { Description = "The store paths whose closure the image holds.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string[]>("--output", "-o")
        {
            Description = "Where to write it: oci:DIR[:TAG], oci-archive:FILE[:TAG] or docker-archive:FILE[:NAME:TAG]. May be given several times.",
            HelpName = "DESTINATION",
            Required = true,
        };
        var options = new ImageOptionSet();
        var command = new Command("build", "Write the image of a closure to disk, in layers.") { paths, output };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var destinations = parsed.GetRequiredValue(output).Select(ImageLocation.Parse).ToList();
            using var image = await options.CreateImageAsync(parsed, store, parsed.GetRequiredValue(paths), cancellationToken);
            var text = new StringBuilder();
            var json = new JArray();
            foreach (var destination in destinations)
            {
                var written = await ProgressDisplay.RunAsync(parsed, progress =>
                    image.WriteAsync(destination, new WriteOptions { Progress = progress }, cancellationToken));
                Describe(destination, written, text);
                json.Add(ToJson(destination, written));
            }

            Output.Print(parsed, text.ToString().TrimEnd('\n'), () => json);
        });
        return command;
    }

    private static void Describe(ImageLocation destination, WriteResult written, StringBuilder text)
    {
        text.Append($"{destination}\n");
        if (written.ManifestDigest is { } manifest)
        {
            text.Append($"  manifest {manifest}\n");
        }

        text.Append($"  config   {written.ConfigDigest}\n");
        foreach (var layer in written.Layers)
        {
            text.Append($"  layer    {layer.Descriptor.Blob.Digest} {ByteSize.Format(layer.Descriptor.Blob.Size)}{(layer.Reused ? " (reused)" : "")}\n");
        }
    }

    private static JObject ToJson(ImageLocation destination, WriteResult written) => new()
    {
        ["destination"] = destination.ToString(),
        ["manifestDigest"] = written.ManifestDigest?.ToString(),
        ["configDigest"] = written.ConfigDigest.ToString(),
        ["layers"] = new JArray(written.Layers.Select(static layer => new JObject
        {
            ["mediaType"] = layer.Descriptor.Blob.MediaType,
            ["digest"] = layer.Descriptor.Blob.Digest.ToString(),
            ["size"] = layer.Descriptor.Blob.Size,
            ["diffId"] = layer.Descriptor.DiffId.ToString(),
            ["reused"] = layer.Reused,
        })),
    };
}
