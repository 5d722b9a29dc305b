using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp store verify|optimise|gc|delete|roots</c></summary>
internal static class StoreCareCommands
{
    public static IEnumerable<Command> Create() => [CreateVerify(), CreateOptimise(), CreateCollect(), CreateDelete(), CreateRoots()];

    private static Command CreateVerify()
    {
        var contents = new Option<bool>("--check-contents") { Description = "Hash the files of every path, and compare." };
        var repair = new Option<bool>("--repair") { Description = "Fetch what is damaged or missing again from the stores that --from names." };
        var from = new Option<string[]>("--from") { Description = "A store to repair from; may be given several times.", HelpName = "URI" };
        var command = new Command("verify", "Check that what is valid is there, and whole; print what is not.") { contents, repair, from };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var substituters = new List<INixStore>();
            try
            {
                foreach (var uri in parsed.GetValue(from) ?? [])
                {
                    substituters.Add(await parsed.OpenStoreAsync(uri, cancellationToken));
                }

                var result = await ProgressDisplay.RunAsync(parsed, progress => store.Require<IStoreVerifier>("verify itself").VerifyAsync(
                    new VerifyOptions { CheckContents = parsed.GetValue(contents), Repair = parsed.GetValue(repair), Substituters = substituters, Progress = progress },
                    cancellationToken));
                Output.Print(parsed, string.Join('\n', result.Problems.Select(static problem => problem.ToString())), () => new JObject
                {
                    ["pathsChecked"] = result.PathsChecked,
                    ["problems"] = new JArray(result.Problems.Select(static problem => new JObject { ["path"] = problem.Path?.ToString(), ["description"] = problem.Description })),
                    ["repaired"] = new JArray(result.Repaired.Select(static path => path.ToString())),
                    ["leftovers"] = new JArray(result.Leftovers),
                });
                Note(parsed, $"{result.PathsChecked} paths checked, {result.Repaired.Count} repaired, {result.Leftovers.Count} leftovers");
                result.RefuseIfDamaged(store.Uri);
            }
            finally
            {
                foreach (var substituter in substituters)
                {
                    await substituter.DisposeAsync();
                }
            }
        });
        return command;
    }

    private static Command CreateOptimise()
    {
        var command = new Command("optimise", "Hard-link equal files, as nix store optimise does.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var result = await ProgressDisplay.RunAsync(parsed, progress => store.Require<IStoreOptimiser>("link equal files").OptimiseAsync(progress, cancellationToken));
            Output.Print(parsed, $"{result.FilesLinked} files linked, {ByteSize.Format(result.BytesFreed)} freed", () => new JObject
            {
                ["filesLinked"] = result.FilesLinked,
                ["bytesFreed"] = result.BytesFreed,
            });
        });
        return command;
    }

    private static Command CreateCollect()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Print what would be deleted, and delete nothing." };
        var maxFreed = new Option<long?>("--max-freed") { Description = "Stop once so many bytes are freed.", HelpName = "BYTES" };
        var keepOutputs = new Option<bool>("--keep-outputs") { Description = "Keep the outputs of derivations that are kept." };
        var dropDerivations = new Option<bool>("--no-keep-derivations") { Description = "Delete the derivations of paths that are kept." };
        var command = new Command("gc", "Delete all that no root needs; print what was deleted.") { dryRun, maxFreed, keepOutputs, dropDerivations };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var result = await ProgressDisplay.RunAsync(parsed, progress => store.Require<IGarbageCollector>("collect garbage").CollectGarbageAsync(
                new GarbageOptions
                {
                    DryRun = parsed.GetValue(dryRun),
                    MaxFreed = parsed.GetValue(maxFreed),
                    KeepOutputs = parsed.GetValue(keepOutputs),
                    KeepDerivations = !parsed.GetValue(dropDerivations),
                    Progress = progress,
                },
                cancellationToken));
            Output.Print(parsed, string.Join('\n', result.Paths), () => new JObject
            {
                ["paths"] = new JArray(result.Paths.Select(static path => path.ToString())),
                ["bytesFreed"] = result.BytesFreed,
            });
            Note(parsed, $"{result.Paths.Count} paths, {ByteSize.Format(result.BytesFreed)} {(parsed.GetValue(dryRun) ? "would be freed" : "freed")}");
        });
        return command;
    }

    private static Command CreateDelete()
    {
        var paths = new Argument<string[]>("paths") { Description = "The store paths to delete.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("delete", "Delete paths that no root and no other path needs.") { paths };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            foreach (var text in parsed.GetRequiredValue(paths))
            {
                await store.Require<IGarbageCollector>("delete paths").DeleteAsync(StorePath.Parse(text, store.StoreDirectory), cancellationToken);
            }
        });
        return command;
    }

    private static Command CreateRoots()
    {
        var link = new Option<string?>("--add") { Description = "Make a link to the path here, and a root of it.", HelpName = "LINK" };
        var path = new Argument<string?>("path") { Description = "The store path that --add keeps.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("roots", "Print what keeps paths from being collected, or add to it.") { path, link };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(link) is null) != (result.GetValue(path) is null))
            {
                result.AddError("Give --add LINK and a store path, or neither.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var keeper = store.Require<IStoreRoots>("keep GC roots");
            if (parsed.GetValue(link) is { } place)
            {
                await keeper.AddRootAsync(place, StorePath.Parse(parsed.GetValue(path)!, store.StoreDirectory), cancellationToken);
                return;
            }

            var roots = (await keeper.FindRootsAsync(cancellationToken)).OrderBy(static root => root.Source, StringComparer.Ordinal).ThenBy(static root => root.Path).ToList();
            Output.Print(parsed, string.Join('\n', roots.Select(static root => $"{root.Source} -> {root.Path}")), () => new JArray(roots.Select(static root => new JObject
            {
                ["path"] = root.Path.ToString(),
                ["source"] = root.Source,
            })));
        });
        return command;
    }

    private static void Note(ParseResult parsed, string text)
    {
        if (!parsed.GetValue(GlobalOptions.Quiet))
        {
            Console.Error.WriteLine(text);
        }
    }
}
