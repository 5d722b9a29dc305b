using System.Runtime.InteropServices;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes.Mounting;

/// <summary>The mounts that this process sees, as <c>/proc/self/mountinfo</c> lists them.</summary>
internal sealed class MountTable
{
    private const string File = "/proc/self/mountinfo";

    private readonly IReadOnlyList<MountEntry> _entries;

    private MountTable(IReadOnlyList<MountEntry> entries)
    {
        _entries = entries;
    }

    /// <summary>Whether there is such a list on this system.</summary>
    public static bool IsAvailable => LibC.IsAvailable && System.IO.File.Exists(File);

    public static MountTable Read() => Parse(IsAvailable ? System.IO.File.ReadLines(File) : []);

    public static MountTable Parse(IEnumerable<string> lines) => new([.. lines.Select(MountEntry.Parse).OfType<MountEntry>()]);

    /// <summary>What is mounted at a path, the topmost last.</summary>
    /// <param name="path">The path without symlinks, as <see cref="Resolve"/> gives it.</param>
    public IReadOnlyList<MountEntry> At(string path) => [.. _entries.Where(entry => entry.Point == path)];

    /// <summary>What is mounted at a path and below it, as the kernel lists it: what is above before what is below.</summary>
    public IReadOnlyList<MountEntry> In(string path) => [.. _entries.Where(entry => IsIn(entry.Point, path))];

    /// <summary>An overlay that is written to a folder, or to one in it; null where there is none.</summary>
    public MountEntry? FindOverlay(string folder) =>
        _entries.FirstOrDefault(entry => entry.UpperFolder is { } upper && IsIn(upper, folder));

    /// <summary>Where a folder of this machine is within its file system; null where that is not known.</summary>
    public (string Device, string Root)? Locate(string path) =>
        _entries.Where(entry => IsIn(path, entry.Point)).Select(static (entry, index) => (entry, index)).MaxBy(static found => (found.entry.Point.Length, found.index)).entry is { } own
            ? (own.Device, own.Root.TrimEnd('/') + path[own.Point.TrimEnd('/').Length..])
            : null;

    /// <summary>Where a folder, or something in it, is mounted, or something is mounted in it; null where nothing is.</summary>
    /// <param name="path">The folder's path without symlinks.</param>
    public string? FindUse(string path)
    {
        var own = Locate(path);
        return _entries.FirstOrDefault(entry =>
            IsIn(entry.Point, path) ||
            entry.LowerFolders.Any(lower => IsIn(lower, path)) ||
            (own is { } place && entry.Device == place.Device && IsIn(entry.Root, place.Root)))?.Point;
    }

    /// <summary>The path of an existing folder without symlinks, as the kernel shows it.</summary>
    public static string Resolve(string folder)
    {
        var number = LibC.OpenAt(LibC.CurrentFolder, FileNames.Terminate(folder), LibC.OpenPath | LibC.Directory | LibC.CloseOnExec, 0);
        if (number < 0)
        {
            throw FileErrors.Reading(folder, Marshal.GetLastPInvokeError());
        }

        using var descriptor = new FileDescriptor(number);
        return new FileInfo($"/proc/self/fd/{number}").LinkTarget ?? folder;
    }

    /// <summary>Whether a path is a folder's, or of something in it.</summary>
    public static bool IsIn(string path, string folder) =>
        path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}
