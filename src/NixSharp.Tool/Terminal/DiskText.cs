using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Disks;
using NixSharp.Disks.FileSystems;
using NixSharp.Disks.Partitions;

namespace NixSharp.Tool.Terminal;

/// <summary>What is in disks, for people and as JSON.</summary>
internal static class DiskText
{
    public static string Describe(DiskInspection inspection)
    {
        var container = inspection.Container;
        var text = new StringBuilder($"{inspection.Path}: ");
        text.Append(inspection.Compression is { } compression ? $"{compression}, " : "").Append(container.Kind.ToString().ToLowerInvariant());
        text.Append(container.Variant is { } variant ? $" ({variant})" : "").Append(container.VirtualSize is { } size ? $", {ByteSize.Format(size)}" : "");
        text.Append(container.ExternalFile is { } other ? $", in part in {Clean(other)}" : "").Append('\n');
        if (inspection.FileSystem is { } whole)
        {
            text.Append($"  {Describe(whole)}\n");
        }

        if (inspection.Table is { } table)
        {
            text.Append($"  {table.Kind.ToString().ToUpperInvariant()} {table.DiskId}\n");
            foreach (var partition in table.Partitions)
            {
                text.Append($"  {partition.Number,3}  {ByteSize.Format(partition.Offset),11} + {ByteSize.Format(partition.Length),11}  {partition.TypeName ?? partition.TypeId}");
                text.Append(partition.Label is { Length: > 0 } label ? $" '{Clean(label)}'" : "").Append(partition.IsBootable ? ", bootable" : "");
                text.Append(partition.FileSystem is { } inside ? $": {Describe(inside)}" : "").Append('\n');
            }
        }

        foreach (var problem in inspection.Problems)
        {
            text.Append($"  problem: {problem}\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    public static string Describe(DiskEntry entry)
    {
        var letter = entry.Kind switch
        {
            DiskEntryKind.Directory => 'd',
            DiskEntryKind.Symlink => 'l',
            DiskEntryKind.Other => '?',
            _ => '-',
        };
        var time = entry.Modified?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";
        var mode = entry.Mode == 0 ? "----" : Convert.ToString(entry.Mode & 0xfff, 8).PadLeft(4, '0');
        return $"{letter} {mode} {entry.Size,12} {time} {Clean(entry.Name)}{(entry.LinkTarget is { } target ? $" -> {Clean(target)}" : "")}";
    }

    public static JObject ToJson(DiskEntry entry) => new()
    {
        ["name"] = entry.Name,
        ["kind"] = entry.Kind.ToString().ToLowerInvariant(),
        ["size"] = entry.Size,
        ["mode"] = entry.Mode,
        ["modified"] = entry.Modified?.ToUnixTimeSeconds(),
        ["linkTarget"] = entry.LinkTarget,
    };

    public static JObject ToJson(DiskInspection inspection) => new()
    {
        ["path"] = inspection.Path,
        ["fileSize"] = inspection.FileSize,
        ["compression"] = inspection.Compression,
        ["container"] = inspection.Container.Kind.ToString().ToLowerInvariant(),
        ["variant"] = inspection.Container.Variant,
        ["externalFile"] = inspection.Container.ExternalFile,
        ["virtualSize"] = inspection.Container.VirtualSize,
        ["fileSystem"] = ToJson(inspection.FileSystem),
        ["table"] = inspection.Table is { } table
            ? new JObject
            {
                ["kind"] = table.Kind.ToString().ToLowerInvariant(),
                ["diskId"] = table.DiskId,
                ["sectorSize"] = table.SectorSize,
                ["partitions"] = new JArray(table.Partitions.Select(ToJson)),
            }
            : null,
        ["problems"] = new JArray(inspection.Problems),
    };

    private static JObject ToJson(Partition partition) => new()
    {
        ["number"] = partition.Number,
        ["offset"] = partition.Offset,
        ["length"] = partition.Length,
        ["type"] = partition.TypeId,
        ["typeName"] = partition.TypeName,
        ["label"] = partition.Label,
        ["id"] = partition.Id,
        ["bootable"] = partition.IsBootable,
        ["fileSystem"] = ToJson(partition.FileSystem),
    };

    private static JObject? ToJson(DetectedFileSystem? system) => system is null ? null : new JObject
    {
        ["type"] = system.Type,
        ["version"] = system.Version,
        ["label"] = system.Label,
        ["id"] = system.Id,
        ["size"] = system.Size,
    };

    private static string Describe(DetectedFileSystem system) =>
        $"{system.Type}{(system.Version is { } version ? $" ({version})" : "")}{(system.Label is { } label ? $" '{Clean(label)}'" : "")}{(system.Id is { } id ? $" {Clean(id)}" : "")}{(system.Size is { } size ? $", {ByteSize.Format(size)}" : "")}";

    /// <summary>Names come from images that strangers made.</summary>
    private static string Clean(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));
}
