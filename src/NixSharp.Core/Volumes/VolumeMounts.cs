using System.Runtime.InteropServices;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes;

/// <summary>
/// Finds out whether a volume is mounted: bind-mounted elsewhere, the lower layer of an overlay, or with something
/// mounted in it. Sees what <c>/proc/self/mountinfo</c> shows, that is this process's own mounts.
/// </summary>
internal static class VolumeMounts
{
    private const string Table = "/proc/self/mountinfo";

    public static void RefuseIfMounted(string volume)
    {
        if (LibC.IsAvailable && File.Exists(Table) && FindUse(Resolve(volume), File.ReadLines(Table)) is { } point)
        {
            throw new VolumeException(
                NixErrorCodes.VolumeInUse,
                $"The volume at {volume} was not deleted, because it is mounted at {point}. Unmount it first.",
                volume);
        }
    }

    /// <summary>Where the volume is mounted; null where it isn't.</summary>
    internal static string? FindUse(string volume, IEnumerable<string> table)
    {
        var mounts = table.Select(Mount.Parse).OfType<Mount>().ToList();
        var own = mounts.Where(mount => IsIn(volume, mount.Point)).MaxBy(static mount => mount.Point.Length);
        var inside = own is null ? null : own.Root.TrimEnd('/') + volume[own.Point.TrimEnd('/').Length..];
        return mounts.Find(mount =>
            IsIn(mount.Point, volume) ||
            mount.LowerFolders.Any(lower => IsIn(lower, volume)) ||
            (mount.Device == own?.Device && IsIn(mount.Root, inside!)))?.Point;
    }

    private static bool IsIn(string path, string folder) =>
        path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>The path without symlinks, as the kernel shows it.</summary>
    private static string Resolve(string volume)
    {
        var number = LibC.OpenAt(LibC.CurrentFolder, FileNames.Terminate(volume), LibC.ReadOnly | LibC.Directory | LibC.CloseOnExec, 0);
        if (number < 0)
        {
            throw FileErrors.Reading(volume, Marshal.GetLastPInvokeError());
        }

        using var descriptor = new FileDescriptor(number);
        return new FileInfo($"/proc/self/fd/{number}").LinkTarget ?? volume;
    }

    private sealed record Mount(string Device, string Root, string Point, IReadOnlyList<string> LowerFolders)
    {
        /// <summary>Reads <c>ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAGS...] - TYPE SOURCE OPTIONS</c>.</summary>
        public static Mount? Parse(string line)
        {
            var fields = line.Split(' ');
            if (fields.Length < 10)
            {
                return null;
            }

            var lower = fields[^1].Split(',').FirstOrDefault(static option => option.StartsWith("lowerdir=", StringComparison.Ordinal));
            return new Mount(
                fields[2],
                Unescape(fields[3]),
                Unescape(fields[4]),
                lower is null ? [] : [.. Unescape(lower["lowerdir=".Length..]).Split(':', StringSplitOptions.RemoveEmptyEntries)]);
        }

        /// <summary>Space, tab, newline and backslash are written as three octal digits.</summary>
        private static string Unescape(string text) => text
            .Replace("\\040", " ", StringComparison.Ordinal)
            .Replace("\\011", "\t", StringComparison.Ordinal)
            .Replace("\\012", "\n", StringComparison.Ordinal)
            .Replace("\\134", "\\", StringComparison.Ordinal);
    }
}
