using System.Globalization;
using Newtonsoft.Json.Linq;
using NixSharp.Volumes;

namespace NixSharp.Tool.Commands;

/// <summary>Volumes and their mounts as commands print them.</summary>
internal static class VolumeText
{
    public static string Line(PooledVolume volume, IEnumerable<VolumeMount> mounts)
    {
        if (volume.Problem is { } problem)
        {
            return $"{volume.Name}  damaged: {problem}";
        }

        var parts = new List<string>
        {
            volume.Name.ToString(),
            NameOf(volume.Kind),
            Age(DateTimeOffset.UtcNow - volume.Created),
            ByteSize.Format(volume.NarSize),
            string.Join(' ', volume.Roots),
        };
        parts.AddRange(volume.Labels.OrderBy(static label => label.Key, StringComparer.Ordinal).Select(static label => $"{label.Key}={label.Value}"));
        parts.AddRange(mounts.Select(static mount => mount.State == VolumeMountState.Mounted ? $"at {mount.Target}" : $"at {mount.Target} ({NameOf(mount.State)})"));
        return string.Join("  ", parts);
    }

    public static JObject Json(PooledVolume volume, IEnumerable<VolumeMount> mounts) => new()
    {
        ["name"] = volume.Name.ToString(),
        ["path"] = volume.Path,
        ["kind"] = NameOf(volume.Kind),
        ["roots"] = new JArray(volume.Roots.Select(static root => root.ToString())),
        ["created"] = volume.Created.ToUnixTimeSeconds(),
        ["labels"] = JObject.FromObject(volume.Labels),
        ["storePaths"] = volume.StorePaths,
        ["narSize"] = volume.NarSize,
        ["problem"] = volume.Problem,
        ["mounts"] = new JArray(mounts.Select(Json)),
    };

    public static JObject Json(VolumeMount mount) => new()
    {
        ["target"] = mount.Target,
        ["volume"] = mount.Volume?.ToString(),
        ["state"] = NameOf(mount.State),
        ["readOnly"] = mount.Options.ReadOnly,
        ["quota"] = mount.Options.Quota,
        ["reused"] = mount.IsReused,
    };

    private static string NameOf(VolumeKind kind) => kind == VolumeKind.BindView ? "bind" : "links";

    private static string NameOf(VolumeMountState state) => state.ToString().ToLowerInvariant();

    private static string Age(TimeSpan age) => string.Create(CultureInfo.InvariantCulture, $"{(
        age.TotalDays >= 1 ? $"{(long)age.TotalDays}d"
        : age.TotalHours >= 1 ? $"{(long)age.TotalHours}h"
        : age.TotalMinutes >= 1 ? $"{(long)age.TotalMinutes}m"
        : $"{Math.Max(0, (long)age.TotalSeconds)}s")}");
}
