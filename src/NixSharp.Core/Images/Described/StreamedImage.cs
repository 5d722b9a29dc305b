using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Layouts;
using NixSharp.Images.Oci;
using NixSharp.Images.Tar;

namespace NixSharp.Images.Described;

/// <summary>
/// Reads the configuration of nixpkgs' <c>dockerTools.streamLayeredImage</c>. Layers and configuration come out as its
/// own script makes them, to the byte, so that the image has the same id.
/// </summary>
internal sealed partial class StreamedImage
{
    private const int MaxScriptSize = 64 * 1024;

    private readonly JObject _description;
    private readonly DescribedPaths _paths;
    private readonly OpenOptions _options;
    private ContainerImage? _base;

    private StreamedImage(string location, JObject description, OpenOptions options)
    {
        _description = description;
        _options = options;
        _paths = new DescribedPaths(location, options);
    }

    public static async Task<ContainerImage> OpenAsync(string path, OpenOptions options, CancellationToken cancellationToken)
    {
        var contents = DescriptionFile.Read(path, options.Limits.MaxJsonSize);
        if (DescriptionFile.AsScript(contents) is { } script)
        {
            path = FindConfiguration(path, script, options);
            contents = DescriptionFile.Read(path, options.Limits.MaxJsonSize);
        }

        var image = new StreamedImage(path, DescriptionFile.Parse(path, contents), options);
        try
        {
            return await image.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            image._base?.Dispose();
            throw;
        }
    }

    private static string FindConfiguration(string path, string script, OpenOptions options)
    {
        var names = script.Length <= MaxScriptSize
            ? ConfigurationName().Matches(script).Select(static match => match.Value).Distinct().ToList()
            : [];
        return names.Count == 1
            ? new DescribedPaths(path, options).RealPathOf(names[0])
            : throw new ImageException(NixErrorCodes.InvalidImage, $"{path} is a script that names no configuration of streamLayeredImage, or several. Give the JSON file that it streams the image from.");
    }

    private async Task<ContainerImage> OpenAsync(CancellationToken cancellationToken)
    {
        if (Text("store_dir") != _paths.Directory.Path)
        {
            throw _paths.Damaged($"it is for the store '{Text("store_dir")}', and this one is {_paths.Directory}; open the store that the image was made for");
        }

        var time = Time("mtime").ToUnixTimeSeconds();
        var attributes = new TarAttributes(0, Id("uid"), Id("gid"), Name("uname"), Name("gname"), time is >= 0 and < 1L << 33 ? time : throw _paths.Damaged("its 'mtime' is before 1970 or too late"));
        var layers = new List<IWritableLayer>();
        var comments = new List<string>();
        OpenBase(layers, comments, cancellationToken);
        var groups = (_description["store_layers"] as JArray ?? throw _paths.Damaged("it has no list 'store_layers'")).Select(ReadGroup).ToList();
        var customisation = Text("customisation_layer");
        var count = layers.Count + groups.Count + 1;
        if (count > _options.Limits.MaxLayers)
        {
            throw _paths.Damaged($"it has {count} layers, and {_options.Limits.MaxLayers} are allowed");
        }

        foreach (var group in groups)
        {
            layers.Add(await StreamedLayer.CreateAsync(_paths, group, attributes, _options, cancellationToken).ConfigureAwait(false));
            comments.Add($"store paths: {List(group)}");
        }

        layers.Add(ReadyLayer(customisation));
        comments.Add($"store paths: {List([customisation])}");
        var created = Text("created") == "now" ? DateTimeOffset.UtcNow : Time("created");
        return new ContainerImage(layers, diffIds => WriteConfig(created, diffIds, comments), _base);
    }

    private void OpenBase(List<IWritableLayer> layers, List<string> comments, CancellationToken cancellationToken)
    {
        if (_description["from_image"] is null or { Type: JTokenType.Null })
        {
            return;
        }

        var path = _paths.RealPathOf(Text("from_image"));
        _base = ImageFiles.Open(new ImageLocation(ImageTransport.DockerArchive, path), _options with { Digest = null }, cancellationToken);
        layers.AddRange(_base.WritableLayers);
        comments.AddRange(layers.Cast<ArchivedLayer>().Select(static layer => $"store paths: {List([layer.FileName])}"));
    }

    private List<string> ReadGroup(JToken group) => (group as JArray)?.Select(static path => (path as JValue)?.Value as string).ToList() is { Count: > 0 } paths && paths.TrueForAll(static path => path is not null)
        ? [.. paths.Select(path => _paths.StorePathOf(path!).ToString() == path ? path! : throw _paths.Damaged($"'{path}' is in a store path, and only whole ones go into layers"))]
        : throw _paths.Damaged("a list in 'store_layers' is not one of store paths");

    private ArchivedLayer ReadyLayer(string folder)
    {
        var files = FolderFiles.Open(_paths.RealPathOf(folder), _options.Limits);
        var checksum = Encoding.ASCII.GetString(files.ReadSmall("checksum")).Trim();
        return OciDigest.TryParse($"sha256:{checksum}", out var diffId)
            ? new ArchivedLayer(files, "layer.tar", diffId, _options)
            : throw _paths.Damaged($"the checksum in {folder} is not the SHA-256 of a layer");
    }

    private byte[] WriteConfig(DateTimeOffset created, IReadOnlyList<OciDigest> diffIds, List<string> comments)
    {
        var time = created.ToString(created.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:sszzz" : "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);
        var config = new JObject
        {
            ["created"] = time,
            ["architecture"] = Text("architecture"),
            ["os"] = "linux",
            ["config"] = WriteRun(),
            ["rootfs"] = new JObject
            {
                ["diff_ids"] = new JArray(diffIds.Select(static digest => digest.ToString())),
                ["type"] = "layers",
            },
            ["history"] = new JArray(comments.Select(comment => new JObject { ["created"] = time, ["comment"] = comment })),
        };

        // As json.dumps with an indentation of four writes it, because the image's id is this text's digest.
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using var writer = new JsonTextWriter(text) { Formatting = Formatting.Indented, Indentation = 4, StringEscapeHandling = StringEscapeHandling.EscapeNonAscii };
        config.WriteTo(writer);
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>How containers run. Of the base, only the environment is taken over.</summary>
    private JObject WriteRun()
    {
        var run = _description["config"]?.DeepClone() as JObject ?? throw _paths.Damaged("it has no object 'config'");
        if (_base is null)
        {
            return run;
        }

        var below = ImageJson.Parse(_base.GetConfig([]).Span).Member("config").Items("Env");
        var resolved = new List<(string Name, JToken Entry)>();
        foreach (var entry in below.Concat(run.Items("Env")))
        {
            var name = ((entry as JValue)?.Value as string ?? throw _paths.Damaged("a variable of the environment is no text")).Split('=', 2)[0];
            var known = resolved.FindIndex(other => other.Name == name);
            if (known < 0)
            {
                resolved.Add((name, entry));
            }
            else
            {
                resolved[known] = (name, entry);
            }
        }

        if (resolved.Count > 0)
        {
            run["Env"] = new JArray(resolved.Select(static variable => variable.Entry));
        }

        return run;
    }

    /// <summary>A list of texts in the notation of Python.</summary>
    private static string List(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(static text => $"'{text}'"))}]";

    private string Text(string name) => _description.Text(name) ?? throw _paths.Damaged($"it has no text '{name}'");

    private int Id(string name) =>
        (_description.Number(name) ?? (long.TryParse(_description.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null)) is >= 0 and <= ImageOptionsCheck.MaxId and var id
            ? (int)id
            : throw _paths.Damaged($"its '{name}' is not a number from 0 to {ImageOptionsCheck.MaxId}");

    private string Name(string name) => Text(name) is { Length: <= TarHeader.MaxOwnerLength } text && Ascii.IsValid(text)
        ? text
        : throw _paths.Damaged($"its '{name}' is not a name in ASCII of up to {TarHeader.MaxOwnerLength} characters");

    private DateTimeOffset Time(string name) =>
        DateTimeOffset.TryParse(Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw _paths.Damaged($"its '{name}' is not a time");

    [GeneratedRegex(@"/[^\s'""]+-conf\.json", RegexOptions.CultureInvariant)]
    private static partial Regex ConfigurationName();
}
