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
    public static Command Create()
    {
        var command = new Command("volume", "Closures as folders of hard links, each a Nix store of its own: in a folder of your choice, or by name in a pool.")
        {
            CreateCreate(),
            CreateList(),
            CreateStats(),
            CreateVerify(),
            CreateDelete(),
        };
        foreach (var mounting in VolumeMountCommands.Create())
        {
            command.Add(mounting);
        }

        return command;
    }

    private static Command CreateCreate()
    {
        var path = new Argument<string>("path") { Description = "The store path whose closure the volume holds." };
        var volume = new Argument<string>("volume") { Description = "The folder where the volume is made, where nothing may be yet but the same volume; or with --pool its name there." };
        var pool = VolumePools.CreateOption();
        var kind = new Option<string>("--kind") { Description = "'links' makes hard links, at a cost per file. 'bind' only describes the volume, for a pool, and mounting it mounts each store path.", HelpName = "KIND", DefaultValueFactory = static _ => "links" };
        kind.AcceptOnlyFromAmong("links", "bind");
        var labels = new Option<string[]>("--label") { Description = "What to note with the volume, such as owner=web; may be given several times.", HelpName = "NAME=VALUE" };
        var noRoot = new Option<bool>("--no-gc-root") { Description = "Let the closure be collected in the store while the volume exists; a pool keeps it in any case." };
        var threads = new Option<int>("--threads") { Description = "How many threads make links. Default: as many as there are processors, up to four.", HelpName = "NUMBER" };
        var command = new Command("create", "Make a volume; on the same file system it takes no space for files.") { path, volume, pool, kind, labels, noRoot, threads };
        command.Validators.Add(result =>
        {
            if (result.GetValue(kind) == "bind" && result.GetValue(pool) is null)
            {
                result.AddError("A volume of kind 'bind' has to be in a pool: give --pool.");
            }

            if (result.GetValue(labels)?.FirstOrDefault(static label => label.IndexOf('=', StringComparison.Ordinal) <= 0) is { } wrong)
            {
                result.AddError($"'{wrong}' is no label: give NAME=VALUE.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var closure = await store.GetClosureAsync(StorePath.Parse(parsed.GetRequiredValue(path), store.StoreDirectory), cancellationToken);
            var options = new VolumeOptions
            {
                AddGcRoot = !parsed.GetValue(noRoot),
                Kind = parsed.GetValue(kind) == "bind" ? VolumeKind.BindView : VolumeKind.HardLinks,
                Labels = (parsed.GetValue(labels) ?? []).Select(static label => label.Split('=', 2)).GroupBy(static parts => parts[0]).ToDictionary(static parts => parts.Key, static parts => parts.Last()[1]),
                Parallelism = parsed.GetValue(threads),
            };
            var (place, report) = await ProgressDisplay.RunAsync(parsed, async progress =>
            {
                if (parsed.GetValue(pool) is { } folder)
                {
                    var name = VolumeName.Parse(parsed.GetRequiredValue(volume));
                    var pooled = await (await VolumePool.OpenAsync(folder, store, cancellationToken: cancellationToken)).CreateAsync(name, closure, options with { Progress = progress }, cancellationToken);
                    return (pooled.Path, pooled.Report!);
                }

                var alone = await StoreVolume.CreateAsync(closure, parsed.GetRequiredValue(volume), options with { Progress = progress }, cancellationToken);
                return (alone.Path, alone.Report!);
            });
            Print(parsed, place, closure, report);
        });
        return command;
    }

    private static Command CreateList()
    {
        var pool = VolumePools.CreateRequiredOption();
        var command = new Command("list", "List the volumes of a pool: how old they are, whose, what they hold, and where they are mounted.") { pool };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var opened = await VolumePool.OpenAsync(parsed.GetRequiredValue(pool), store, cancellationToken: cancellationToken);
            var volumes = await opened.ListAsync(cancellationToken);
            var mounts = (await opened.ListMountsAsync(cancellationToken)).ToLookup(static mount => mount.Volume);
            Output.Print(
                parsed,
                string.Join('\n', volumes.Select(volume => VolumeText.Line(volume, mounts[volume.Name]))),
                () => new JArray(volumes.Select(volume => VolumeText.Json(volume, mounts[volume.Name]))));
        });
        return command;
    }

    private static Command CreateStats()
    {
        var volume = VolumePools.CreateArgument();
        var pool = VolumePools.CreateOption();
        var command = new Command("stats", "Measure a volume: what it shares with stores and other volumes, and what it has alone.") { volume, pool };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var statistics = await VolumePools.RunAsync(
                parsed,
                pool,
                volume,
                (opened, name) => opened.GetStatisticsAsync(name, cancellationToken),
                alone => alone.GetStatisticsAsync(cancellationToken),
                cancellationToken);
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

    private static Command CreateVerify()
    {
        var volume = VolumePools.CreateArgument();
        var pool = VolumePools.CreateOption();
        var contents = new Option<bool>("--check-contents") { Description = "Hash the files of every store path, and compare. Otherwise their sizes are compared." };
        var command = new Command("verify", "Check that a volume is whole; print what is not.") { volume, pool, contents };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var result = await ProgressDisplay.RunAsync(parsed, progress =>
            {
                var options = new VolumeVerifyOptions { CheckContents = parsed.GetValue(contents), Progress = progress };
                return VolumePools.RunAsync(
                    parsed,
                    pool,
                    volume,
                    (opened, name) => opened.VerifyAsync(name, options, cancellationToken),
                    alone => alone.VerifyAsync(options, cancellationToken),
                    cancellationToken);
            });
            Output.Print(parsed, string.Join('\n', result.Problems.Select(static problem => problem.ToString())), () => new JObject
            {
                ["pathsChecked"] = result.PathsChecked,
                ["problems"] = new JArray(result.Problems.Select(static problem => new JObject { ["path"] = problem.Path?.ToString(), ["description"] = problem.Description })),
            });
            result.RefuseIfDamaged();
        });
        return command;
    }

    private static Command CreateDelete()
    {
        var volume = VolumePools.CreateArgument();
        var pool = VolumePools.CreateOption();
        var command = new Command("delete", "Delete a volume; the store's own files stay. One that is not there is an error, except in a pool.") { volume, pool };
        command.SetAction((parsed, cancellationToken) => VolumePools.RunAsync(
            parsed,
            pool,
            volume,
            (opened, name) => opened.DeleteAsync(name, cancellationToken),
            async alone =>
            {
                await alone.DeleteAsync(cancellationToken);
                return true;
            },
            cancellationToken));
        return command;
    }

    private static void Print(ParseResult parsed, string place, Closure closure, VolumeReport report) => Output.Print(
        parsed,
        report.IsReused ? $"{place}\n  reused: it was there already"
        : report.BoundPaths > 0 ? $"{place}\n  {closure.Paths.Count} store paths, {report.BoundPaths} to be mounted"
        : $"{place}\n  {closure.Paths.Count} store paths, {report.LinkedFiles} files linked, {report.ClonedFiles} cloned, {report.CopiedFiles} copied ({ByteSize.Format(report.CopiedBytes)})",
        () => new JObject
        {
            ["path"] = place,
            ["reused"] = report.IsReused,
            ["storePaths"] = closure.Paths.Count,
            ["boundPaths"] = report.BoundPaths,
            ["linkedFiles"] = report.LinkedFiles,
            ["clonedFiles"] = report.ClonedFiles,
            ["copiedFiles"] = report.CopiedFiles,
            ["copiedBytes"] = report.CopiedBytes,
            ["symlinks"] = report.Symlinks,
            ["folders"] = report.Folders,
        });
}
