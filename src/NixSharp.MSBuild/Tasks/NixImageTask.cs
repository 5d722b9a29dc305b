using Microsoft.Build.Framework;
using NixSharp.Closures;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.MSBuild.Items;
using NixSharp.Registries;
using NixSharp.Registries.Delivery;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.MSBuild;

/// <summary>What an image is made of, for tasks that write or push one. <c>{path}</c> stands for the first store path.</summary>
public abstract class NixImageTask : NixStoreTask
{
    /// <summary>The file with the store paths that the image is for.</summary>
    [Required]
    public string RootItems { get; set; } = "";

    /// <summary>More store paths to put into the image.</summary>
    public string[] StorePaths { get; set; } = [];

    /// <summary>The image below: a reference, or a place on disk such as <c>oci:FOLDER:1.0</c>.</summary>
    public string? Base { get; set; }

    /// <summary>The platforms that images are for, such as <c>linux/arm64</c>; this machine's by default. Several are joined into an index.</summary>
    public string[] Platforms { get; set; } = [];

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

    /// <summary>How layers are compressed: <c>none</c>, <c>gzip</c>, <c>zstd</c>, each but the first with a <c>:LEVEL</c> or without.</summary>
    public string? Compression { get; set; }

    /// <summary>Which store paths share a layer: the name of a layering.</summary>
    public string? Layering { get; set; }

    /// <summary>The most layers.</summary>
    public string? MaxLayers { get; set; }

    /// <summary>The registry's host, with its port where it has one of its own; empty where the image goes to none.</summary>
    public string? Registry { get; set; }

    /// <summary>Whether the registry is talked to in plain HTTP.</summary>
    public bool PlainHttp { get; set; }

    /// <summary>Whether the registry may show any certificate, or have no TLS.</summary>
    public bool Insecure { get; set; }

    /// <summary>A folder with the registry's certificates.</summary>
    public string? CertificateDirectory { get; set; }

    /// <summary>A file with credentials.</summary>
    public string? AuthFile { get; set; }

    /// <summary>The name of the environment variable with the user name.</summary>
    public string? UserNameVariable { get; set; }

    /// <summary>The name of the environment variable with the password.</summary>
    public string? PasswordVariable { get; set; }

    /// <summary>The image's name, without registry and tag.</summary>
    [Required]
    public string Repository { get; set; } = "";

    /// <summary>The image's tags.</summary>
    [Required]
    public string[] Tags { get; set; } = [];

    /// <summary>Does what is to be done with the image.</summary>
    private protected abstract Task<IReadOnlyList<NixItem>> UseAsync(ContainerImage image, CancellationToken cancellationToken);

    /// <summary>Does what is to be done with images for several platforms.</summary>
    private protected abstract Task<IReadOnlyList<NixItem>> UseAsync(ImageIndex index, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var roots = ReadRoots(store, RootItems);
            using var image = await TryOpenAsync(store, roots, cancellationToken).ConfigureAwait(false);
            ItemFile.Write(PathOf(ItemsFile), image is null
                ? await MakeAsync(store, roots, cancellationToken).ConfigureAwait(false)
                : await UseAsync(image, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>How the registry is talked to.</summary>
    private protected PushOptions ReadPushOptions() => new()
    {
        PlainHttp = PlainHttp,
        Insecure = Insecure,
        CertificateFolder = NullIfEmpty(CertificateDirectory) is { } folder ? PathOf(folder) : null,
        Credentials = ReadCredentials(),
    };

    /// <summary>The image that a flake's output is itself; null where it has to be made.</summary>
    private async Task<ContainerImage?> TryOpenAsync(INixStore store, IReadOnlyList<StorePath> roots, CancellationToken cancellationToken) =>
        roots.Count == 1 && StorePaths.Length == 0 && store is IFileSystemStore files
            ? await StoreImage.TryOpenAsync(files, roots[0], new OpenOptions { Cache = new LayerCache(LayerCache.DefaultFolder) }, cancellationToken).ConfigureAwait(false)
            : null;

    private async Task<IReadOnlyList<NixItem>> MakeAsync(INixStore store, IReadOnlyList<StorePath> roots, CancellationToken cancellationToken)
    {
        StorePath[] all = [.. roots, .. StorePaths.Select(path => StorePath.Parse(path, store.StoreDirectory))];
        var closure = await store.GetClosureAsync(all, cancellationToken).ConfigureAwait(false);
        var below = NullIfEmpty(Base) is { } source ? BaseOf(source) : null;
        var images = await PlatformImages.MakeAsync(
            closure,
            ReadOptions(roots[0]),
            [.. Platforms.Select(OciPlatform.Parse)],
            below,
            NullIfEmpty(Registry),
            below is null ? new RegistryOptions() : ReadPushOptions(),
            cancellationToken).ConfigureAwait(false);
        try
        {
            if (images.Count == 1)
            {
                return await UseAsync(images[0], cancellationToken).ConfigureAwait(false);
            }

            using var index = new ImageIndex(images);
            return await UseAsync(index, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var image in images)
            {
                image.Dispose();
            }
        }
    }

    /// <summary>A base on disk is relative to the project.</summary>
    private string BaseOf(string source) => ImageLocation.TryParse(source, out var location)
        ? new ImageLocation(location.Transport, PathOf(location.Path), location.Reference).ToString()
        : source;

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

        if (NullIfEmpty(Layering) is { } layering)
        {
            options = options with { Layering = Images.Layering.Parse(layering) };
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

    private protected static int ReadNumber(string property, string text) =>
        int.TryParse(text, out var number)
            ? number
            : throw new NixConfigurationException(NixErrorCodes.InvalidSetting, $"{property} is '{text}', which is no number. Set it to a whole number.");

    private CredentialStore ReadCredentials()
    {
        if (NullIfEmpty(AuthFile) is { } file)
        {
            return CredentialStore.FromFile(PathOf(file));
        }

        return (NullIfEmpty(UserNameVariable), NullIfEmpty(PasswordVariable)) switch
        {
            (null, null) => CredentialStore.Default,
            ({ } user, { } password) => CredentialStore.From(new RegistryCredentials(
                ReadVariable(user, "NixImageUserNameVariable"),
                ReadVariable(password, "NixImagePasswordVariable"))),
            _ => throw new NixConfigurationException(
                NixErrorCodes.CredentialVariableMissing,
                "Only one of NixImageUserNameVariable and NixImagePasswordVariable is set. Set both, or name an auth file with NixImageAuthFile."),
        };
    }

    private static string ReadVariable(string name, string property) =>
        System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new NixConfigurationException(
                NixErrorCodes.CredentialVariableMissing,
                $"The environment variable {name}, which {property} names, is not set. Set it for the build, or name an auth file with NixImageAuthFile.");
}
