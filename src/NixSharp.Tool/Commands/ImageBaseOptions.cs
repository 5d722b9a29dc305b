using System.CommandLine;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Tool.Commands;

/// <summary>The options that name the image below, and what both are for.</summary>
internal sealed class ImageBaseOptions
{
    private readonly Option<string?> _base = new("--base") { Description = $"The image below: {ImageOperand.Forms}.", HelpName = "IMAGE" };
    private readonly Option<string?> _digest = new("--base-digest") { Description = "The digest that it must have (sha256:...): of its manifest or index; of a docker archive, its id.", HelpName = "DIGEST" };
    private readonly Option<string?> _platform = new("--platform") { Description = "What the image is for, such as linux/arm64 or linux/arm/v7. Default: Linux on this machine's processor.", HelpName = "OS/ARCH[/VARIANT]" };

    public void AddTo(Command command)
    {
        command.Add(_base);
        command.Add(_digest);
        command.Add(_platform);
    }

    public ImageOptions Apply(ParseResult parsed, ImageOptions options)
    {
        var platform = Platform(parsed);
        return options with { OperatingSystem = platform.OperatingSystem, Architecture = platform.Architecture, Variant = platform.Variant };
    }

    /// <summary>Opens the base; null where there is none.</summary>
    public async Task<ContainerImage?> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new OpenOptions
        {
            Platform = Platform(parsed),
            Digest = parsed.GetValue(_digest) is { } digest ? OciDigest.Parse(digest) : null,
            Cache = new LayerCache(LayerCache.DefaultFolder),
        };
        return parsed.GetValue(_base) is { } text ? await ImageOperand.OpenAsync(parsed, text, options, cancellationToken) : null;
    }

    private OciPlatform Platform(ParseResult parsed) => parsed.GetValue(_platform) is { } text ? OciPlatform.Parse(text) : OciPlatform.Current;
}
