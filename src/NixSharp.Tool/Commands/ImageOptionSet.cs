using System.CommandLine;
using NixSharp.Closures;
using NixSharp.Images;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Tool.Commands;

/// <summary>The options that say how an image is made of store paths.</summary>
internal sealed class ImageOptionSet
{
    private readonly Option<string[]> _entrypoint = Repeatable("--entrypoint", "ARG", "The program that containers run; given again, its first arguments.");
    private readonly Option<string[]> _command = Repeatable("--cmd", "ARG", "The arguments that follow, unless a container is started with others.");
    private readonly Option<string[]> _environment = Pairs("--env", "NAME=VALUE", "An environment variable.");
    private readonly Option<string[]> _labels = Pairs("--label", "KEY=VALUE", "A label.");
    private readonly Option<string[]> _ports = Repeatable("--port", "PORT[/PROTOCOL]", "A port that the program listens on.");
    private readonly Option<string[]> _files = Pairs("--file", "TARGET=SOURCE", "A file or folder that is placed at TARGET, an absolute path in the image.");
    private readonly Option<string?> _user = new("--user") { Description = "Who runs the program: a name or number, and a group after a colon.", HelpName = "USER" };
    private readonly Option<string?> _workingDirectory = new("--workdir") { Description = "The folder that the program starts in.", HelpName = "DIR" };
    private readonly Option<int> _maxLayers = new("--max-layers") { Description = "The most layers.", HelpName = "N", DefaultValueFactory = static _ => new ImageOptions().MaxLayers };
    private readonly Option<string> _layering = new("--layering")
    {
        Description = "Which store paths share a layer: automatic, popularity, nix2container, one-per-path, by-size[:BYTES], or groups:PATTERN,PATTERN/PATTERN with named ones first.",
        HelpName = "HOW",
        DefaultValueFactory = static _ => Layering.Automatic.ToString()!,
    };

    private readonly Option<string?> _stable = new("--stable-against") { Description = $"An earlier image, whose store paths stay in their layers: {ImageOperand.Forms}.", HelpName = "IMAGE" };
    private readonly Option<string> _compression = new("--compression") { Description = "none, gzip or zstd; with :LEVEL if wanted.", HelpName = "HOW", DefaultValueFactory = static _ => LayerCompression.Gzip.ToString() };

    /// <summary>Adds all of them to <paramref name="command"/>.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_entrypoint, _command, _environment, _labels, _ports, _files, _user, _workingDirectory, _maxLayers, _layering, _stable, _compression])
        {
            command.Add(option);
        }
    }

    /// <summary>Describes the image of the closure of <paramref name="paths"/>.</summary>
    public async Task<ContainerImage> CreateImageAsync(ParseResult parsed, INixStore store, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var roots = paths.Select(text => StorePath.Parse(text, store.StoreDirectory)).ToList();
        var options = Read(parsed);
        if (parsed.GetValue(_stable) is { } earlier)
        {
            options = options with { Layering = Layering.StableAgainst(await ImageOperand.ReadAsync(parsed, earlier, cancellationToken), options.Layering) };
        }

        return ContainerImage.FromClosure(await store.GetClosureAsync(roots, cancellationToken), options);
    }

    private static Option<string[]> Repeatable(string name, string helpName, string description) =>
        new(name) { Description = $"{description} May be given several times.", HelpName = helpName };

    private static Option<string[]> Pairs(string name, string helpName, string description)
    {
        var option = Repeatable(name, helpName, description);
        option.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(static token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1) is { } token)
            {
                result.AddError($"{name} takes {helpName}, and got '{token.Value}'.");
            }
        });
        return option;
    }

    private static IEnumerable<KeyValuePair<string, string>> Split(string[]? pairs) =>
        (pairs ?? []).Select(static pair => pair.Split('=', 2)).Select(static parts => KeyValuePair.Create(parts[0], parts[1]));

    private ImageOptions Read(ParseResult parsed) => new()
    {
        Entrypoint = parsed.GetValue(_entrypoint) ?? [],
        Command = parsed.GetValue(_command) ?? [],
        Environment = [.. Split(parsed.GetValue(_environment))],
        Labels = Split(parsed.GetValue(_labels)).GroupBy(static label => label.Key).ToDictionary(static label => label.Key, static label => label.Last().Value),
        ExposedPorts = parsed.GetValue(_ports) ?? [],
        Files = [.. Split(parsed.GetValue(_files)).Select(static file => ImageFile.FromPath(file.Key, file.Value))],
        User = parsed.GetValue(_user),
        WorkingDirectory = parsed.GetValue(_workingDirectory),
        MaxLayers = parsed.GetValue(_maxLayers),
        Layering = Layering.Parse(parsed.GetRequiredValue(_layering)),
        Compression = LayerCompression.Parse(parsed.GetRequiredValue(_compression)),
        Cache = new LayerCache(LayerCache.DefaultFolder),
    };
}
