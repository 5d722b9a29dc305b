using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Json;
using NixSharp.StorePaths;

namespace NixSharp.Volumes;

/// <summary>
/// The file <c>nix/var/nixsharp/volume.json</c>, which tells a volume from any other folder: the store directory and
/// the paths that the volume was made for, how it has them, and what its maker noted with it.
/// </summary>
internal sealed record VolumeMarker(StoreDirectory Directory, IReadOnlyList<StorePath> Roots)
{
    public VolumeKind Kind { get; init; }

    public DateTimeOffset Created { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public int StorePaths { get; init; }

    public long NarSize { get; init; }

    private const int Version = 1;
    private const int MaxSize = 4 * 1024 * 1024;

    private static readonly Dictionary<VolumeKind, string> KindNames = new()
    {
        [VolumeKind.HardLinks] = "hard-links",
        [VolumeKind.BindView] = "bind-view",
    };

    public static string PathIn(string volume) => Path.Combine(volume, "nix", "var", "nixsharp", "volume.json");

    /// <summary>Reads the marker of the volume at <paramref name="volume"/>.</summary>
    /// <exception cref="VolumeException">There is no volume, or its marker cannot be understood.</exception>
    public static VolumeMarker Read(string volume)
    {
        try
        {
            return Parse(volume, ReadText(volume));
        }
        catch (Exception error) when (error is NixFormatException or OverflowException or DecoderFallbackException)
        {
            throw Damaged(volume, error.Message, error);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw Damaged(volume, error.Message, error);
        }
    }

    /// <summary>Writes the marker; the folders above it are made.</summary>
    public void Write(string volume)
    {
        var path = PathIn(volume);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var json = new JObject
        {
            ["version"] = Version,
            ["storeDir"] = Directory.Path,
            ["kind"] = KindNames[Kind],
            ["created"] = Created.ToUnixTimeSeconds(),
            ["labels"] = JObject.FromObject(Labels),
            ["storePaths"] = StorePaths,
            ["narSize"] = NarSize,
            ["roots"] = new JArray(Roots.Select(static root => root.ToString())),
        };
        File.WriteAllText(path, JsonText.Format(json));
    }

    private static string ReadText(string volume)
    {
        if (!System.IO.Directory.Exists(volume) || new FileInfo(volume).LinkTarget is not null)
        {
            throw new VolumeException(
                NixErrorCodes.NotAVolume,
                FileTree.Exists(volume)
                    ? $"{volume} is not a volume: it is not a folder. It was left alone; check the path."
                    : $"There is no volume at {volume}. Check the path, or create it with 'nixsharp volume create'.",
                volume);
        }

        var path = PathIn(volume);
        if (!File.Exists(path))
        {
            throw new VolumeException(
                NixErrorCodes.NotAVolume,
                $"{volume} is a folder, but not a volume: it has no nix/var/nixsharp/volume.json. It was left alone; check the path.",
                volume);
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return file.Length <= MaxSize
            ? new StreamReader(file, Encoding.UTF8).ReadToEnd()
            : throw Damaged(volume, $"it has {file.Length} bytes");
    }

    private static VolumeMarker Parse(string volume, string text)
    {
        var json = JsonNodes.Expect<JObject>(JsonText.Parse(text), "the description of a volume");
        if (JsonNodes.Number(json["version"], "the version") is not Version)
        {
            throw Damaged(volume, $"it has version {json["version"]}, and only {Version} is known here");
        }

        var directory = new StoreDirectory(JsonNodes.Text(json["storeDir"], "the store directory"));
        var kind = JsonNodes.Text(json["kind"], "the kind");
        if (JsonNodes.Items(json["roots"], "the roots").Count == 0)
        {
            throw Damaged(volume, "it names no roots");
        }

        return new VolumeMarker(directory, [.. JsonNodes.Expect<JArray>(json["roots"], "the roots").Select(root => StorePath.Parse(JsonNodes.Text(root, "a root"), directory))])
        {
            Kind = KindNames.ContainsValue(kind) ? KindNames.First(name => name.Value == kind).Key : throw Damaged(volume, $"it is of kind '{kind}', which is not known here"),
            Created = JsonNodes.Time(json["created"], "the time") ?? default,
            Labels = JsonNodes.Expect<JObject>(json["labels"], "the labels").Properties().ToDictionary(static label => label.Name, static label => JsonNodes.Text(label.Value, "a label")),
            StorePaths = checked((int)(JsonNodes.Number(json["storePaths"], "the number of store paths") ?? 0)),
            NarSize = JsonNodes.Number(json["narSize"], "the size") ?? 0,
        };
    }

    private static VolumeException Damaged(string volume, string why, Exception? error = null) => new(
        NixErrorCodes.VolumeDamaged,
        $"The volume at {volume} cannot be used, because its nix/var/nixsharp/volume.json is not understood: {why}. Use the version that made it, or remove the folder and create the volume again.",
        volume,
        error);
}
