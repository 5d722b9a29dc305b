using System.Globalization;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Disks;

/// <summary>A block device of this machine, as Linux describes it under <c>/sys</c>.</summary>
public sealed class BlockDevice
{
    private const int MaxStack = 16;
    private const long SectorSize = 512;

    private BlockDevice(string name, string folder)
    {
        Name = name;
        Folder = folder;
    }

    /// <summary>The kernel's name for it: <c>sda</c>, <c>nvme0n1p1</c>, <c>loop0</c>.</summary>
    public string Name { get; }

    /// <summary>Its size, in bytes.</summary>
    public long Size => long.TryParse(Read("size"), CultureInfo.InvariantCulture, out var sectors) ? sectors * SectorSize : 0;

    /// <summary>Whether it can only be read.</summary>
    public bool IsReadOnly => Read("ro") == "1";

    /// <summary>The device's folder under <c>/sys/devices</c>.</summary>
    private string Folder { get; }

    /// <summary>The device that a path leads to; null where that is no block device.</summary>
    public static BlockDevice? Find(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return LibC.IsAvailable &&
            LibC.StatX(LibC.CurrentFolder, FileNames.Terminate(FileTree.ToFullPath(path)), 0, LibC.StatusBasics, out var status) == 0 &&
            status.Type == EntryType.BlockDevice &&
            FindName(string.Create(CultureInfo.InvariantCulture, $"{status.SpecialMajor}:{status.SpecialMinor}")) is { } name
                ? Open(name)
                : null;
    }

    /// <summary>Why nothing should be written to it: what is mounted from it, swapped to it or built upon it. Empty where nothing is.</summary>
    public IReadOnlyList<string> FindUses()
    {
        var mine = new HashSet<string>(StringComparer.Ordinal);
        Collect(this, mine, MaxStack);
        var mounts = ReadLines("/proc/self/mountinfo")
            .Select(static line => line.Split(' '))
            .Where(static fields => fields.Length > 4)
            .SelectMany(static fields => Devices(fields).Select(device => (Device: device, Where: Unescape(fields[4]))))
            .Where(mount => mine.Contains(mount.Device))
            .Select(static mount => $"/dev/{mount.Device} is mounted at {mount.Where}");
        var swaps = ReadLines("/proc/swaps")
            .Skip(1)
            .Select(static line => Path.GetFileName(line.Split([' ', '\t'])[0]))
            .Where(mine.Contains)
            .Select(static device => $"/dev/{device} is in use for swap");
        var holders = mine.Where(device => device != Name && !IsPartOf(device)).Select(static device => $"/dev/{device} is built upon it");
        return [.. mounts.Concat(swaps).Concat(holders).Distinct()];
    }

    private static BlockDevice? Open(string name)
    {
        var link = new FileInfo($"/sys/class/block/{name}");
        return link.LinkTarget is not null && link.ResolveLinkTarget(returnFinalTarget: true) is { } folder ? new BlockDevice(name, folder.FullName) : null;
    }

    private static string? FindName(string numbers) => Path.GetFileName(new FileInfo($"/sys/dev/block/{numbers}").LinkTarget);

    /// <summary>The device of a mount: by its numbers and, because some file systems have numbers of their own, by its source.</summary>
    private static IEnumerable<string> Devices(string[] fields)
    {
        if (FindName(fields[2]) is { } name)
        {
            yield return name;
        }

        var source = Array.IndexOf(fields, "-") is > 0 and var dash && dash + 2 < fields.Length ? fields[dash + 2] : "";
        if (source.StartsWith("/dev/", StringComparison.Ordinal) && File.Exists(source))
        {
            yield return Path.GetFileName(File.ResolveLinkTarget(source, returnFinalTarget: true)?.FullName ?? source);
        }
    }

    /// <summary>The device, its partitions, and what stands on any of them.</summary>
    private static void Collect(BlockDevice device, HashSet<string> all, int depth)
    {
        if (depth == 0 || !all.Add(device.Name))
        {
            return;
        }

        foreach (var name in Names(device.Folder).Where(name => File.Exists(Path.Combine(device.Folder, name, "partition"))).Concat(Names(Path.Combine(device.Folder, "holders"))))
        {
            if (Open(name) is { } other)
            {
                Collect(other, all, depth - 1);
            }
        }
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder).Select(static path => Path.GetFileName(path)) : [];

    private static string[] ReadLines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];

    /// <summary>Mount points have their blanks as octal numbers.</summary>
    private static string Unescape(string text) => text.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);

    private bool IsPartOf(string device) => File.Exists(Path.Combine(Folder, device, "partition"));

    private string? Read(string attribute)
    {
        var file = Path.Combine(Folder, attribute);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }
}
