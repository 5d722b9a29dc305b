using System.CommandLine;
using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp image diff</c></summary>
internal static class ImageDiffCommand
{
    public static Command Create()
    {
        var earlier = new Argument<string>("earlier") { Description = $"The earlier image: {ImageOperand.Forms}." };
        var later = new Argument<string[]>("later") { Description = "The later image, named likewise, or the store paths that it would be made of.", Arity = ArgumentArity.OneOrMore };
        var options = new ImageOptionSet();
        var command = new Command("diff", "Show which layers and store paths of an image are others than in an earlier one; nothing is made.") { earlier, later };
        ImageOperand.AddOptionsTo(command);
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var before = await ImageOperand.ReadAsync(parsed, parsed.GetRequiredValue(earlier), cancellationToken);
            var after = await ReadLaterAsync();
            var diff = ImageDiff.Compare(before, after);
            Output.Print(parsed, Describe(diff), () => ToJson(diff));

            async Task<ImageContents> ReadLaterAsync()
            {
                var operands = parsed.GetRequiredValue(later);
                await using var store = await parsed.OpenStoreAsync(cancellationToken);
                if (operands.Length == 1 && ImageOperand.IsImage(operands[0], store))
                {
                    return await ImageOperand.ReadAsync(parsed, operands[0], cancellationToken);
                }

                using var image = await options.CreateImageAsync(parsed, store, operands, cancellationToken);
                return ImageContents.Of(image);
            }
        });
        return command;
    }

    private static JObject ToJson(ImageDiff diff) => new()
    {
        ["layers"] = new JArray(diff.Layers.Select(static layer => new JObject
        {
            ["index"] = layer.Index,
            ["change"] = layer.Kind.ToString().ToLowerInvariant(),
            ["earlier"] = layer.Earlier is { } before ? ImagePlanCommand.ToJson(before) : null,
            ["later"] = layer.Later is { } after ? ImagePlanCommand.ToJson(after) : null,
            ["in"] = new JArray(layer.PathsIn.Select(ImagePlanCommand.ToJson)),
            ["out"] = new JArray(layer.PathsOut.Select(ImagePlanCommand.ToJson)),
        })),
        ["changed"] = ToJson(diff.Changed),
        ["came"] = ToJson(diff.Came),
        ["went"] = ToJson(diff.Went),
    };

    private static JArray ToJson(IEnumerable<PathChange> changes) => new(changes.Select(static change => new JObject
    {
        ["earlier"] = change.Earlier is { } before ? ImagePlanCommand.ToJson(before) : null,
        ["later"] = change.Later is { } after ? ImagePlanCommand.ToJson(after) : null,
        ["growth"] = change.Growth,
    }));

    private static string Describe(ImageDiff diff)
    {
        var text = new StringBuilder();
        foreach (var layer in diff.Layers.Where(static layer => layer.Kind != LayerChangeKind.Same))
        {
            text.Append(CultureInfo.InvariantCulture, $"layer {layer.Index + 1} {Word(layer.Kind)}{Size((layer.Later ?? layer.Earlier)!)}\n");
            if (layer.Kind == LayerChangeKind.Changed)
            {
                Append(text, '-', layer.PathsOut);
                Append(text, '+', layer.PathsIn);
            }
        }

        foreach (var change in diff.Changed)
        {
            text.Append($"{change.Earlier!.Value.Name} -> {change.Later!.Value.Name}{(change.Growth is { } growth ? $" ({Signed(growth)})" : "")}\n");
        }

        Append(text, '+', diff.Came.Select(static change => change.Later!.Value), indent: "");
        Append(text, '-', diff.Went.Select(static change => change.Earlier!.Value), indent: "");
        var same = diff.Layers.Count(static layer => layer.Kind == LayerChangeKind.Same);
        return text.Append(CultureInfo.InvariantCulture, $"{same} of {diff.Layers.Count(static layer => layer.Later is not null)} layers are the same").ToString();
    }

    private static void Append(StringBuilder text, char sign, IEnumerable<LayerPath> paths, string indent = "  ")
    {
        foreach (var path in paths)
        {
            text.Append($"{indent}{sign} {path.BaseName}{(path.NarSize is { } size ? $" {ByteSize.Format(size)}" : "")}\n");
        }
    }

    private static string Word(LayerChangeKind kind) => kind switch
    {
        LayerChangeKind.Repacked => "holds the same, compressed otherwise",
        LayerChangeKind.Changed => "changed",
        LayerChangeKind.Came => "is new",
        _ => "is gone (of the earlier image)",
    };

    private static string Size(LayerContents layer) => layer.ContentSize is { } bytes ? $", {ByteSize.Format(bytes)} before compression" : "";

    private static string Signed(long growth) => growth < 0 ? $"-{ByteSize.Format(-growth)}" : $"+{ByteSize.Format(growth)}";
}
