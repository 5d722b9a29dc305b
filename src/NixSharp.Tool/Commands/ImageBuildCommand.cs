using System.CommandLine;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp image build</c></summary>
internal static class ImageBuildCommand
{
    /// <summary>The path that stands for standard output.</summary>
    public const string StandardOutput = "-";

    public static Command Create()
    {
        var paths = new Argument<string[]>("paths") { Description = "The store paths whose closure the image holds; or one image, such as oci:DIR or stream:FILE, to write in another form.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string[]>("--output", "-o")
        {
            Description = "Where to write it: oci:DIR[:TAG], oci-archive:FILE[:TAG] or docker-archive:FILE[:NAME:TAG]; the file '-' is standard output. May be given several times.",
            HelpName = "DESTINATION",
            Required = true,
        };
        var options = new ImageOptionSet();
        var command = new Command("build", "Write the image of a closure to disk, in layers.") { paths, output };
        options.AddTo(command);
        ImageOperand.AddOptionsTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var destinations = parsed.GetRequiredValue(output).Select(ImageLocation.Parse).ToList();
            using var image = await CreateImageAsync(parsed, store, cancellationToken);
            var text = new StringBuilder();
            var json = new JArray();
            foreach (var destination in destinations)
            {
                var written = await ProgressDisplay.RunAsync(parsed, progress => WriteAsync(image, destination, new WriteOptions { Progress = progress }, cancellationToken));
                Describe(destination, written, text);
                json.Add(ToJson(destination, written));
            }

            if (destinations.Exists(static destination => destination.Path == StandardOutput))
            {
                // The archive has taken standard output.
                await Console.Error.WriteLineAsync(text.ToString().TrimEnd('\n'));
                return;
            }

            Output.Print(parsed, text.ToString().TrimEnd('\n'), () => json);
        });
        return command;

        Task<ContainerImage> CreateImageAsync(ParseResult parsed, Stores.INixStore store, CancellationToken cancellationToken)
        {
            var operands = parsed.GetRequiredValue(paths);
            return operands.Length == 1 && ImageLocation.TryParse(operands[0], out var location)
                ? ContainerImage.OpenAsync(
                    location,
                    new OpenOptions { Store = store, Cache = new LayerCache(LayerCache.DefaultFolder), Compression = options.Compression(parsed), Log = new StandardErrorLog() },
                    cancellationToken)
                : options.CreateImageAsync(parsed, store, operands, cancellationToken);
        }
    }

    /// <summary>Writes an image to its place, which may be standard output.</summary>
    internal static async Task<WriteResult> WriteAsync(ContainerImage image, ImageLocation destination, WriteOptions options, CancellationToken cancellationToken)
    {
        if (destination.Path != StandardOutput || destination.Transport == ImageTransport.Oci)
        {
            return await image.WriteAsync(destination, options, cancellationToken);
        }

        await using var output = Console.OpenStandardOutput();
        return await image.WriteToAsync(output, destination.Transport, destination.Reference, options, cancellationToken);
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

    private sealed class StandardErrorLog : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine($"warning: {value}");
    }
}
