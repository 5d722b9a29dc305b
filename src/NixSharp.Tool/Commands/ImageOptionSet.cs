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
    private readonly Option<string[]> _volumes = Repeatable("--volume", "PATH", "A folder that holds data.");
    private readonly Option<string?> _user = new("--user") { Description = "Who runs the program: a name or number, and a group after a colon.", HelpName = "USER" };
    private readonly Option<string?> _workingDirectory = new("--workdir") { Description = "The folder that the program starts in.", HelpName = "DIR" };
    private readonly Option<string?> _stopSignal = new("--stop-signal") { Description = "The signal that asks the program to end, such as SIGINT.", HelpName = "SIGNAL" };
    private readonly Option<string?> _author = new("--author") { Description = "Who made the image.", HelpName = "NAME" };
    private readonly Option<string[]> _annotations = Pairs("--annotation", "KEY=VALUE", "An annotation of the manifest.");
    private readonly Option<string?> _created = new("--created") { Description = "When the image was made: a time such as 2026-01-31T12:00:00Z, or 'now'. Default: one second after 1970 began, so that the same image has the same digest.", HelpName = "TIME" };
    private readonly HealthOptions _health = new();
    private readonly ImageBaseOptions _base = new();
    private readonly ImageContentOptions _contents = new();
    private readonly Option<int> _maxLayers = new("--max-layers") { Description = "The most layers.", HelpName = "N", DefaultValueFactory = static _ => new ImageOptions().MaxLayers };
    private readonly Option<string> _layering = new("--layering")
    {
        Description = "Which store paths share a layer: automatic, popularity, nix2container, one-per-path, by-size[:BYTES], or groups:PATTERN,PATTERN/PATTERN with named ones first.",
        HelpName = "HOW",
        DefaultValueFactory = static _ => Layering.Automatic.ToString()!,
    };

    private readonly Option<string?> _stable = new("--stable-against") { Description = $"An earlier image, whose store paths stay in their layers: {ImageOperand.Forms}.", HelpName = "IMAGE" };
    private readonly Option<string> _compression = new("--compression") { Description = "none, gzip, zstd, estargz or zstd:chunked; with :LEVEL if wanted.", HelpName = "HOW", DefaultValueFactory = static _ => LayerCompression.Gzip.ToString() };

    /// <summary>Adds all of them to <paramref name="command"/>.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_entrypoint, _command, _environment, _labels, _ports, _volumes, _user, _workingDirectory, _stopSignal, _author, _annotations, _created, _maxLayers, _layering, _stable, _compression])
        {
            command.Add(option);
        }

        _health.AddTo(command);
        _base.AddTo(command);
        _contents.AddTo(command);
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

        var closure = await store.GetClosureAsync(roots, cancellationToken);
        options = _base.Apply(parsed, _contents.Apply(parsed, store, options));
        var below = await _base.OpenAsync(parsed, cancellationToken);
        try
        {
            return ContainerImage.FromClosure(closure, options with { Base = below, OwnsBase = true });
        }
        catch
        {
            below?.Dispose();
            throw;
        }
    }

    /// <summary>How layers are to be compressed.</summary>
    public LayerCompression Compression(ParseResult parsed) => LayerCompression.Parse(parsed.GetRequiredValue(_compression));

    internal static Option<string[]> Repeatable(string name, string helpName, string description) =>
        new(name) { Description = $"{description} May be given several times.", HelpName = helpName };

    internal static Option<string[]> Pairs(string name, string helpName, string description)
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

    internal static IEnumerable<KeyValuePair<string, string>> Split(string[]? pairs) =>
        (pairs ?? []).Select(static pair => pair.Split('=', 2)).Select(static parts => KeyValuePair.Create(parts[0], parts[1]));

    private ImageOptions Read(ParseResult parsed) => new()
    {
        Entrypoint = parsed.GetValue(_entrypoint) ?? [],
        Command = parsed.GetValue(_command) ?? [],
        Environment = [.. Split(parsed.GetValue(_environment))],
        Labels = ToDictionary(parsed.GetValue(_labels)),
        Annotations = ToDictionary(parsed.GetValue(_annotations)),
        StopSignal = parsed.GetValue(_stopSignal),
        Author = parsed.GetValue(_author),
        HealthCheck = _health.Read(parsed),
        Created = parsed.GetValue(_created) is { } created ? ImageOptions.ParseCreated(created) : new ImageOptions().Created,
        ExposedPorts = parsed.GetValue(_ports) ?? [],
        Volumes = parsed.GetValue(_volumes) ?? [],
        User = parsed.GetValue(_user),
        WorkingDirectory = parsed.GetValue(_workingDirectory),
        MaxLayers = parsed.GetValue(_maxLayers),
        Layering = Layering.Parse(parsed.GetRequiredValue(_layering)),
        Compression = Compression(parsed),
        Cache = new LayerCache(LayerCache.DefaultFolder),
    };

    private static Dictionary<string, string> ToDictionary(string[]? pairs) =>
        Split(pairs).GroupBy(static pair => pair.Key).ToDictionary(static pair => pair.Key, static pair => pair.Last().Value);
}
