using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Json;

namespace NixSharp.Volumes.Pools;

/// <summary>
/// What a pool notes of a mount before it makes it, and until it is unmounted. Whether it is there, only the kernel
/// knows; the record says what to undo, or what to make again.
/// </summary>
internal sealed record MountRecord(string Target, VolumeName Volume, VolumeMountOptions Options)
{
    private const int Version = 1;
    private const int MaxSize = 64 * 1024;
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>Whether the target's folder was made for the mount, and goes with it.</summary>
    public bool MadeTarget { get; init; }

    public DateTimeOffset Created { get; init; }

    /// <summary>Names the run of the machine in which the mount was made; mounts do not outlive it.</summary>
    public string BootId { get; init; } = CurrentBootId;

    /// <summary>Whether the machine was started anew since.</summary>
    public bool IsFromEarlierBoot => BootId != CurrentBootId;

    private static string CurrentBootId { get; } = File.Exists(BootIdFile) ? File.ReadAllText(BootIdFile).Trim() : "";

    /// <summary>Reads a record; null where there is none, or none that can be understood.</summary>
    public static MountRecord? Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MaxSize } ? Parse(File.ReadAllText(path)) : null;
        }
        catch (Exception error) when (error is NixFormatException or VolumeException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Writes the record; its folder is made.</summary>
    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(JsonText.Format(ToJson())));
    }

    private JObject ToJson() => new()
    {
        ["version"] = Version,
        ["target"] = Target,
        ["volume"] = Volume.ToString(),
        ["readOnly"] = Options.ReadOnly,
        ["layout"] = Options.Layout.ToString(),
        ["quota"] = Options.Quota,
        ["quotaKind"] = Options.QuotaKind.ToString(),
        ["madeTarget"] = MadeTarget,
        ["created"] = Created.ToUnixTimeSeconds(),
        ["bootId"] = BootId,
    };

    private static MountRecord? Parse(string text)
    {
        var json = JsonNodes.Expect<JObject>(JsonText.Parse(text), "a record of a mount");
        return JsonNodes.Number(json["version"], "the version") == Version
            && Enum.TryParse<VolumeRootLayout>(JsonNodes.Text(json["layout"], "the layout"), out var layout)
            && Enum.TryParse<VolumeQuotaKind>(JsonNodes.Text(json["quotaKind"], "the kind of quota"), out var quotaKind)
            ? new MountRecord(
                JsonNodes.Text(json["target"], "the target"),
                VolumeName.Parse(JsonNodes.Text(json["volume"], "the volume")),
                new VolumeMountOptions
                {
                    ReadOnly = JsonNodes.Boolean(json["readOnly"], "whether it is read-only") ?? true,
                    Layout = layout,
                    Quota = JsonNodes.Number(json["quota"], "the quota"),
                    QuotaKind = quotaKind,
                })
            {
                MadeTarget = JsonNodes.Boolean(json["madeTarget"], "whether the target was made") ?? false,
                Created = JsonNodes.Time(json["created"], "the time") ?? default,
                BootId = JsonNodes.Text(json["bootId"], "the boot"),
            }
            : null;
    }
}
