using Microsoft.Build.Framework;
using NixSharp.Closures;
using NixSharp.Images;
using NixSharp.MSBuild.Items;
using NixSharp.StorePaths;

namespace NixSharp.MSBuild;

/// <summary>What an image is made of, for tasks that write or push one. <c>{path}</c> stands for the first store path.</summary>
public abstract class NixImageTask : NixStoreTask
{
    /// <summary>The file with the store paths that the image is for.</summary>
    [Required]
    public string RootItems { get; set; } = "";

    /// <summary>More store paths to put into the image.</summary>
    public string[] StorePaths { get; set; } = [];

    /// <summary>The program that containers run, with its first arguments.</summary>
    public string[] Entrypoint { get; set; } = [];

    /// <summary>The arguments that follow.</summary>
    public string[] Command { get; set; } = [];

    /// <summary>Environment variables, <c>name=value</c> each.</summary>
    public string[] Environment { get; set; } = [];

    /// <summary>Environment variables as items with a <c>Value</c>.</summary>
    public ITaskItem[] EnvironmentVariables { get; set; } = [];

    /// <summary>Labels, <c>name=value</c> each.</summary>
    public string[] Labels { get; set; } = [];

    /// <summary>Labels as items with a <c>Value</c>.</summary>
    public ITaskItem[] LabelItems { get; set; } = [];

    /// <summary>Ports, <c>8080</c> or <c>53/udp</c> each.</summary>
    public string[] Ports { get; set; } = [];

    /// <summary>Ports as items that may have a <c>Type</c>.</summary>
    public ITaskItem[] PortItems { get; set; } = [];

    /// <summary>Who runs the program.</summary>
    public string? User { get; set; }

    /// <summary>The folder that the program starts in.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary><c>none</c>, <c>gzip</c> or <c>gzip:LEVEL</c>.</summary>
    public string? Compression { get; set; }

    /// <summary>The most layers.</summary>
    public string? MaxLayers { get; set; }

    /// <summary>The image's name, without registry and tag.</summary>
    [Required]
    public string Repository { get; set; } = "";

    /// <summary>The image's tags.</summary>
    [Required]
    public string[] Tags { get; set; } = [];

    /// <summary>Does what is to be done with the image.</summary>
    private protected abstract Task<IReadOnlyList<NixItem>> UseAsync(ContainerImage image, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            StorePath[] roots = [.. ReadRoots(store, RootItems), .. StorePaths.Select(path => StorePath.Parse(path, store.StoreDirectory))];
            var closure = await store.GetClosureAsync(roots, cancellationToken).ConfigureAwait(false);
            using var image = ContainerImage.FromClosure(closure, ReadOptions(roots[0]));
            ItemFile.Write(PathOf(ItemsFile), await UseAsync(image, cancellationToken).ConfigureAwait(false));
        }
    }

    private ImageOptions ReadOptions(StorePath path)
    {
        var options = new ImageOptions
        {
            Entrypoint = [.. Entrypoint.Select(Expand)],
            Command = [.. Command.Select(Expand)],
            Environment = [.. Pairs("NixImageEnvironment", Environment, EnvironmentVariables)],
            Labels = Pairs("NixImageLabels", Labels, LabelItems).ToDictionary(),
            ExposedPorts = [.. Ports, .. PortItems.Select(PortOf)],
            User = NullIfEmpty(User),
            WorkingDirectory = NullIfEmpty(WorkingDirectory) is { } folder ? Expand(folder) : null,
            Cache = new LayerCache(LayerCache.DefaultFolder),
        };
        if (NullIfEmpty(Compression) is { } compression)
        {
            options = options with { Compression = LayerCompression.Parse(compression) };
        }

        return NullIfEmpty(MaxLayers) is { } layers
            ? options with { MaxLayers = ReadNumber("NixImageMaxLayers", layers) }
            : options;

        string Expand(string text) => text.Replace("{path}", path.ToString(), StringComparison.Ordinal);

        // What is set last wins, so that a property on the command line can change an item of the project.
        IEnumerable<KeyValuePair<string, string>> Pairs(string property, string[] texts, ITaskItem[] items) =>
            items.Select(item => KeyValuePair.Create(item.ItemSpec, Expand(item.GetMetadata("Value"))))
                .Concat(texts.Select(text => ReadPair(property, Expand(text))))
                .GroupBy(pair => pair.Key)
                .Select(group => group.Last());
    }

    private static string PortOf(ITaskItem item) =>
        item.GetMetadata("Type") is { Length: > 0 } type ? $"{item.ItemSpec}/{type}" : item.ItemSpec;

    private static KeyValuePair<string, string> ReadPair(string property, string text) =>
        text.Split('=', 2) is [{ Length: > 0 } name, var value]
            ? KeyValuePair.Create(name, value)
            : throw new NixConfigurationException(
                NixErrorCodes.InvalidSetting,
                $"'{text}' in {property} is no name=value. Separate several with semicolons, which are written %3B on the command line.");

    private static int ReadNumber(string property, string text) =>
        int.TryParse(text, out var number)
            ? number
            : throw new NixConfigurationException(NixErrorCodes.InvalidSetting, $"{property} is '{text}', which is no number. Set it to a whole number.");
}
