using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Registries;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp image index</c></summary>
internal static class ImageIndexCommand
{
    public static Command Create()
    {
        var sources = new Argument<string[]>("images") { Description = $"The images, each for another platform: {ImageOperand.Forms}.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--output", "-o") { Description = "Where it goes: oci:DIR[:TAG], oci-archive:FILE[:TAG], or docker://REFERENCE in a registry.", HelpName = "DESTINATION", Required = true };
        var annotations = ImageOptionSet.Pairs("--annotation", "KEY=VALUE", "An annotation of the index.");
        var command = new Command("index", "Join images of several platforms under one name, of which each machine takes its own.") { sources, output, annotations };
        ImageOperand.AddOptionsTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var images = new List<ContainerImage>();
            try
            {
                foreach (var source in parsed.GetRequiredValue(sources))
                {
                    images.Add(await ImageOperand.OpenAsync(parsed, source, new OpenOptions { Cache = new LayerCache(LayerCache.DefaultFolder) }, cancellationToken));
                }

                using var index = new ImageIndex(images, ImageOptionSet.Split(parsed.GetValue(annotations)).DistinctBy(static pair => pair.Key).ToDictionary());
                var destination = parsed.GetRequiredValue(output);
                var digest = await ProgressDisplay.RunAsync(parsed, async progress => ImageLocation.TryParse(destination, out var location)
                    ? (await index.WriteAsync(location, new WriteOptions { Progress = progress }, cancellationToken)).Digest
                    : (await index.PushAsync(ImageOperand.ParseReference(destination), ImageOperand.ReadPushOptions(parsed) with { Progress = progress }, cancellationToken)).Digest);
                Output.Print(parsed, $"{destination}\n  digest {digest}\n{string.Join('\n', index.Platforms.Select(static platform => $"  image  {platform}"))}", () => new JObject
                {
                    ["destination"] = destination,
                    ["digest"] = digest.ToString(),
                    ["platforms"] = new JArray(index.Platforms.Select(static platform => platform.ToString())),
                });
            }
            finally
            {
                images.ForEach(static image => image.Dispose());
            }
        });
        return command;
    }
}
