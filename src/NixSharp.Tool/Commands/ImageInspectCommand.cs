using System.CommandLine;
using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp image inspect</c></summary>
internal static class ImageInspectCommand
{
    private const int PathsShown = 20;

    public static Command Create()
    {
        var source = new Argument<string>("image") { Description = $"The image: {ImageOperand.Forms}, nix:FILE or stream:FILE." };
        var platform = new Option<string?>("--platform") { Description = "Which image of an index, such as linux/arm64.", HelpName = "OS/ARCH[/VARIANT]" };
        var config = new Option<bool>("--config") { Description = "Print the configuration as it is." };
        var manifest = new Option<bool>("--manifest") { Description = "Print the manifest as it is." };
        var verify = new Option<bool>("--verify") { Description = "Read every layer: that it is whole and would not get out of the image's root." };
        var all = new Option<bool>("--all") { Description = "Print every store path of each layer." };
        var command = new Command("inspect", "Show what an image has in it and how its containers run.") { source, platform, config, manifest, verify, all };
        ImageOperand.AddOptionsTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new OpenOptions { Platform = parsed.GetValue(platform) is { } text ? OciPlatform.Parse(text) : OciPlatform.Current };
            using var image = await ImageOperand.OpenAsync(parsed, parsed.GetRequiredValue(source), options, cancellationToken);
            var verified = parsed.GetValue(verify) ? await image.VerifyAsync(cancellationToken: cancellationToken) : (VerifiedImage?)null;
            if (parsed.GetValue(config) || parsed.GetValue(manifest))
            {
                Console.Out.WriteLine(Encoding.UTF8.GetString(Raw(image, parsed.GetValue(config)).Span));
                return;
            }

            var inspected = ImageInspection.Of(image);
            Output.Print(parsed, Describe(inspected, verified, parsed.GetValue(all) ? int.MaxValue : PathsShown), () => ToJson(inspected, verified));
        });
        return command;
    }

    private static ReadOnlyMemory<byte> Raw(ContainerImage image, bool config) =>
        (config ? image.FindConfiguration() : image.Digest is null ? null : image.GetManifest().Manifest)
            ?? throw new ImageException(NixErrorCodes.UnsupportedImage, "The image has none as long as it has not been made. Write it to an OCI layout first, with 'nixsharp image build'.");

    private static string Describe(ImageInspection image, VerifiedImage? verified, int pathsShown)
    {
        var text = new StringBuilder();
        Append("name", image.Name);
        Append("digest", image.Digest?.ToString());
        Append("id", image.ConfigDigest?.ToString());
        Append("platform", image.Platform?.ToString());
        Append("created", image.Created);
        Append("author", image.Author);
        foreach (var (key, value) in image.Run)
        {
            Append(key, value);
        }

        foreach (var (index, layer) in image.Contents.Layers.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"layer {index + 1}: {layer.Descriptor?.Blob.Digest.ToString() ?? layer.DiffId?.ToString() ?? "not made yet"}{(layer.Descriptor is { Blob: var blob } ? $" {ByteSize.Format(blob.Size)}" : "")}\n");
            if (layer.Description.Length > 0)
            {
                text.Append($"  {layer.Description}\n");
            }

            foreach (var path in layer.Paths.Take(pathsShown))
            {
                text.Append($"  {path.BaseName}{(path.NarSize is { } size ? $" {ByteSize.Format(size)}" : "")}\n");
            }

            if (layer.Paths.Count > pathsShown || layer.HasMore)
            {
                text.Append("  and more\n");
            }
        }

        if (verified is { } read)
        {
            text.Append(CultureInfo.InvariantCulture, $"verified: {read.EntryCount} entries, {ByteSize.Format(read.ContentSize)} in files\n");
        }

        return text.ToString().TrimEnd('\n');

        void Append(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                text.Append($"{name,-12} {value}\n");
            }
        }
    }

    private static JObject ToJson(ImageInspection image, VerifiedImage? verified) => new()
    {
        ["name"] = image.Name,
        ["digest"] = image.Digest?.ToString(),
        ["configDigest"] = image.ConfigDigest?.ToString(),
        ["platform"] = image.Platform?.ToString(),
        ["created"] = image.Created,
        ["author"] = image.Author,
        ["config"] = image.Configuration["config"],
        ["annotations"] = new JObject(image.Annotations.Select(static entry => new JProperty(entry.Key, entry.Value))),
        ["layers"] = new JArray(image.Contents.Layers.Select(ImagePlanCommand.ToJson)),
        ["verified"] = verified is { } read ? new JObject { ["entries"] = read.EntryCount, ["contentSize"] = read.ContentSize } : null,
    };
}
