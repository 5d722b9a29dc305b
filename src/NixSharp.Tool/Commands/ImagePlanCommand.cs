using System.CommandLine;
using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp image plan</c></summary>
internal static class ImagePlanCommand
{
    private const int PathsShown = 5;

    public static Command Create()
    {
        var paths = new Argument<string[]>("paths") { Description = "The store paths whose closure the image would hold.", Arity = ArgumentArity.OneOrMore };
        var all = new Option<bool>("--all") { Description = "Print every store path of each layer, not only the largest." };
        var options = new ImageOptionSet();
        var command = new Command("plan", "Show the layers that an image would have, before any is made.") { paths, all };
        options.AddTo(command);
        ImageOperand.AddOptionsTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            using var image = await options.CreateImageAsync(parsed, store, parsed.GetRequiredValue(paths), cancellationToken);
            var plan = ImageContents.Of(image);
            Output.Print(parsed, Describe(plan, parsed.GetValue(all) ? int.MaxValue : PathsShown), () => ToJson(plan));
        });
        return command;
    }

    /// <summary>The fields of a layer, as <c>image plan</c> and <c>image diff</c> print them.</summary>
    public static JObject ToJson(LayerContents layer) => new()
    {
        ["identity"] = layer.Identity,
        ["digest"] = layer.Descriptor?.Blob.Digest.ToString(),
        ["size"] = layer.Descriptor?.Blob.Size,
        ["diffId"] = layer.DiffId?.ToString(),
        ["contentSize"] = layer.ContentSize,
        ["description"] = layer.Description,
        ["paths"] = new JArray(layer.Paths.Select(ToJson)),
    };

    public static JObject ToJson(LayerPath path) => new() { ["path"] = path.BaseName, ["narSize"] = path.NarSize };

    private static JObject ToJson(ImageContents plan) => new()
    {
        ["contentSize"] = plan.Layers.Sum(static layer => layer.ContentSize),
        ["layers"] = new JArray(plan.Layers.Select(ToJson)),
    };

    private static string Describe(ImageContents plan, int pathsShown)
    {
        var text = new StringBuilder();
        foreach (var (index, layer) in plan.Layers.Index())
        {
            var size = layer.ContentSize is { } bytes ? ByteSize.Format(bytes) : "size unknown";
            var made = layer.Descriptor is { Blob: var blob } ? $", known as {blob.Digest} ({ByteSize.Format(blob.Size)})" : "";
            var what = layer.Paths.Count switch { 0 => layer.Description, 1 => "1 store path", var count => string.Create(CultureInfo.InvariantCulture, $"{count} store paths") };
            text.Append(CultureInfo.InvariantCulture, $"layer {index + 1}: {what}, {size}{made}\n");
            foreach (var path in layer.Paths.OrderByDescending(static path => path.NarSize).Take(pathsShown))
            {
                text.Append($"  {path.BaseName}{(path.NarSize is { } nar ? $" {ByteSize.Format(nar)}" : "")}\n");
            }

            if (layer.Paths.Count > pathsShown)
            {
                text.Append(CultureInfo.InvariantCulture, $"  and {layer.Paths.Count - pathsShown} more\n");
            }
        }

        return text.Append(CultureInfo.InvariantCulture, $"{plan.Layers.Count} layers, {ByteSize.Format(plan.Layers.Sum(static layer => layer.ContentSize) ?? 0)} before compression").ToString();
    }
}
