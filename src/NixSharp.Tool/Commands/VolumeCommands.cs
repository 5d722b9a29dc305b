using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Tool.Terminal;
using NixSharp.Volumes;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp volume ...</c></summary>
internal static class VolumeCommands
{
    public static Command Create() => new("volume", "Closures as folders of hard links, each a Nix store of its own.")
    {
        CreateCreate(),
        CreateStats(),
        CreateDelete(),
    };

    private static Command CreateCreate()
    {
        var path = new Argument<string>("path") { Description = "The store path whose closure the volume holds." };
        var folder = new Argument<string>("folder") { Description = "Where the volume is made; nothing may be there yet but the same volume." };
        var noRoot = new Option<bool>("--no-gc-root") { Description = "Let the closure be collected in the store while the volume exists." };
        var command = new Command("create", "Make a volume; on the same file system it takes no space for files.") { path, folder, noRoot };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var closure = await store.GetClosureAsync(StorePath.Parse(parsed.GetRequiredValue(path), store.StoreDirectory), cancellationToken);
            var volume = await ProgressDisplay.RunAsync(parsed, progress => StoreVolume.CreateAsync(
                closure,
                parsed.GetRequiredValue(folder),
                new VolumeOptions { AddGcRoot = !parsed.GetValue(noRoot), Progress = progress },
                cancellationToken));
            var report = volume.Report!;
            Output.Print(
                parsed,
                report.IsReused
                    ? $"{volume.Path}\n  reused: it was there already"
                    : $"{volume.Path}\n  {closure.Paths.Count} store paths, {report.LinkedFiles} files linked, {report.ClonedFiles} cloned, {report.CopiedFiles} copied ({ByteSize.Format(report.CopiedBytes)})",
                () => new JObject
                {
                    ["path"] = volume.Path,
                    ["reused"] = report.IsReused,
                    ["storePaths"] = closure.Paths.Count,
                    ["linkedFiles"] = report.LinkedFiles,
                    ["clonedFiles"] = report.ClonedFiles,
                    ["copiedFiles"] = report.CopiedFiles,
                    ["copiedBytes"] = report.CopiedBytes,
                    ["symlinks"] = report.Symlinks,
                    ["folders"] = report.Folders,
                });
        });
        return command;
    }

    private static Command CreateStats()
    {
        var folder = new Argument<string>("folder") { Description = "The volume." };
        var command = new Command("stats", "Measure a volume: what it shares with stores and other volumes, and what it has alone.") { folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var volume = await StoreVolume.OpenAsync(parsed.GetRequiredValue(folder), cancellationToken);
            var statistics = await volume.GetStatisticsAsync(cancellationToken);
            Output.Print(
                parsed,
                $"shared {ByteSize.Format(statistics.SharedBytes)} in {statistics.SharedInodes} inodes\nunique {ByteSize.Format(statistics.UniqueBytes)} in {statistics.UniqueInodes} inodes",
                () => new JObject
                {
                    ["sharedBytes"] = statistics.SharedBytes,
                    ["sharedInodes"] = statistics.SharedInodes,
                    ["uniqueBytes"] = statistics.UniqueBytes,
                    ["uniqueInodes"] = statistics.UniqueInodes,
                });
        });
        return command;
    }

    private static Command CreateDelete()
    {
        var folder = new Argument<string>("folder") { Description = "The volume." };
        var command = new Command("delete", "Delete a volume; the store's own files stay.") { folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var volume = await StoreVolume.OpenAsync(parsed.GetRequiredValue(folder), cancellationToken);
            await volume.DeleteAsync(cancellationToken);
        });
        return command;
    }
}
