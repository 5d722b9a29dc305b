using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Volumes;

/// <summary>
/// The file <c>nix/var/nixsharp/volume.json</c>, which tells a volume from any other folder: the store directory and
/// the paths that the volume was made for.
/// </summary>
internal sealed record VolumeMarker(StoreDirectory Directory, IReadOnlyList<StorePath> Roots)
{
    private const int Version = 1;
    private const int MaxSize = 4 * 1024 * 1024;

    public static string PathIn(string volume) => Path.Combine(volume, "nix", "var", "nixsharp", "volume.json");

    /// <summary>Reads the marker of the volume at <paramref name="volume"/>.</summary>
    /// <exception cref="VolumeException">There is no volume, or its marker cannot be understood.</exception>
    public static VolumeMarker Read(string volume)
    {
        try
        {
            return Parse(volume, ReadText(volume));
        }
        catch (Exception error) when (error is JsonException or NixFormatException or InvalidCastException or ArgumentException or OverflowException or FormatException)
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
            ["roots"] = new JArray(Roots.Select(static root => root.ToString())),
        };
        File.WriteAllText(path, json.ToString(Formatting.Indented) + "\n");
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
        var json = JObject.Parse(text);
        if ((int?)json["version"] is not Version)
        {
            throw Damaged(volume, $"it has version {json["version"]}, and only {Version} is known here");
        }

        var directory = new StoreDirectory((string?)json["storeDir"] ?? "");
        var roots = json["roots"] is JArray array
            ? array.Select(root => StorePath.Parse((string?)root ?? "", directory)).ToList()
            : throw Damaged(volume, "it names no roots");
        return new VolumeMarker(directory, roots);
    }

    private static VolumeException Damaged(string volume, string why, Exception? error = null) => new(
        NixErrorCodes.VolumeDamaged,
        $"The volume at {volume} cannot be used, because its nix/var/nixsharp/volume.json is not understood: {why}. Use the version that made it, or remove the folder and create the volume again.",
        volume,
        error);
}
