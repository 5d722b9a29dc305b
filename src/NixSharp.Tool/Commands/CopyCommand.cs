using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Copying;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp copy</c></summary>
internal static class CopyCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("paths") { Description = "The store paths.", Arity = ArgumentArity.ZeroOrMore };
        var from = new Option<string?>("--from") { Description = "The store to copy from. Default: the one that --store names.", HelpName = "URI" };
        var to = new Option<string?>("--to") { Description = "The store to copy to. Default: the one that --store names.", HelpName = "URI" };
        var all = new Option<bool>("--all") { Description = "Every valid path of the store that is copied from." };
        var noRecursive = new Option<bool>("--no-recursive") { Description = "The paths alone, without what they need." };
        var noSignatures = new Option<bool>("--no-check-sigs") { Description = "Ask for no signature." };
        var substitute = new Option<bool>("--substitute-on-destination", "-s") { Description = "Have the destination fetch from its own substituters what those have." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print what would be copied, and copy nothing." };
        var jobs = new Option<int>("--jobs", "-j") { Description = "How many transfers run at once.", HelpName = "N", DefaultValueFactory = static _ => CopyOptions.Default.Jobs };
        jobs.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--jobs is at least 1.");
            }
        });
        var command = new Command("copy", "Copy paths, and all that they need, from one store to another; prints what was missing there.")
        {
            paths, from, to, all, noRecursive, noSignatures, substitute, dryRun, jobs,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(from) is null && result.GetValue(to) is null)
            {
                result.AddError("Give --from, --to or both.");
            }

            if (result.GetValue(all) == (result.GetValue(paths) is { Length: > 0 }))
            {
                result.AddError("Give store paths, or --all.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var source = await OpenAsync(from);
            await using var destination = await OpenAsync(to);
            IReadOnlyList<StorePath> asked = parsed.GetValue(all)
                ? await source.Require<IPathLister>("list its paths").ListAsync(cancellationToken)
                : [.. parsed.GetRequiredValue(paths).Select(text => StorePath.Parse(text, source.StoreDirectory))];
            var result = await ProgressDisplay.RunAsync(parsed, progress => source.CopyToAsync(
                destination,
                asked,
                new CopyOptions
                {
                    Recursive = !parsed.GetValue(noRecursive),
                    CheckSignatures = !parsed.GetValue(noSignatures),
                    SubstituteOnDestination = parsed.GetValue(substitute),
                    DryRun = parsed.GetValue(dryRun),
                    Jobs = parsed.GetValue(jobs),
                    Progress = progress,
                },
                cancellationToken));
            Output.Print(parsed, string.Join('\n', result.Copied.Select(static info => info.Path)), () => new JObject
            {
                ["copied"] = new JArray(result.Copied.Select(static info => info.Path.ToString())),
                ["alreadyThere"] = result.AlreadyThere,
                ["narSize"] = result.NarSize,
            });

            Task<INixStore> OpenAsync(Option<string?> option) => parsed.GetValue(option) is { } uri
                ? parsed.OpenStoreAsync(uri, cancellationToken)
                : parsed.OpenStoreAsync(cancellationToken);
        });
        return command;
    }
}
