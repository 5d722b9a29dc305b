using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.GitOps.NuGet;
using NixSharp.Hashing;
using NixSharp.Processes;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp nuget ...</c></summary>
internal static class NuGetCommands
{
    private static readonly Argument<string> Source = new("source")
    {
        Description = "A solution, a project, a project.assets.json, a packages folder, or a folder with one of the first two. Default: this folder.",
        DefaultValueFactory = static _ => ".",
    };

    private static readonly Option<string> File = new("--file", "-f")
    {
        Description = "The lock file. Default: deps.json in this folder; for lock, - is standard output.",
        HelpName = "FILE",
        DefaultValueFactory = static _ => "deps.json",
    };

    private static readonly Option<string[]> Exclude = new("--exclude", "-x")
    {
        Description = "A package to leave out: NAME, NAME/VERSION or NAME.VERSION.nupkg, with * for anything. May be given several times.",
        HelpName = "PATTERN",
    };

    private static readonly Option<string[]> Mirror = new("--mirror")
    {
        Description = "A source that only mirrors the public gallery. May be given several times.",
        HelpName = "SOURCE",
    };

    private static readonly Option<string[]> Address = new("--source-address")
    {
        Description = "Where a source keeps its packages, if it cannot be asked. May be given several times.",
        HelpName = "SOURCE=URL",
    };

    private static readonly Option<bool> NoTools = new("--no-tools") { Description = "Leave out the tools of dotnet-tools.json and the SDKs of global.json." };

    static NuGetCommands() => Address.Validators.Add(static result =>
    {
        if (result.Tokens.FirstOrDefault(static token => !token.Value.Contains('=', StringComparison.Ordinal)) is { } token)
        {
            result.AddError($"--source-address takes SOURCE=URL, and got '{token.Value}'.");
        }
    });

    public static Command Create() => new("nuget", "The list of NuGet packages that nixpkgs' buildDotnetModule takes.")
    {
        CreateLock(),
        CreateCheck(),
    };

    private static Command CreateLock()
    {
        var command = new Command("lock", "Write deps.json: every package that a restore needs, with its hash.") { Source, File, Exclude, Mirror, Address, NoTools };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var @lock = await ProgressDisplay.RunAsync(parsed, progress => NuGetLock.CreateAsync(parsed.GetRequiredValue(Source), Options(parsed, progress), cancellationToken));
            foreach (var package in @lock.LocalPackages)
            {
                await Console.Error.WriteLineAsync($"warning: {package} was restored from a folder, and is left out");
            }

            var file = parsed.GetRequiredValue(File);
            if (file == "-")
            {
                Console.Out.Write(@lock);
                return;
            }

            var old = System.IO.File.Exists(file) ? await NuGetLock.ReadAsync(file, cancellationToken) : new NuGetLock([]);
            var written = await @lock.WriteAsync(file, cancellationToken);
            var difference = NuGetLockDifference.Between(old, @lock);
            Output.Print(parsed, $"{file}: {@lock.Entries.Count} packages; {(written ? difference : "unchanged")}", () => Json(difference));
        });
        return command;
    }

    private static Command CreateCheck()
    {
        var command = new Command("check", "Compare deps.json with what a restore needs, and fail where they differ.") { Source, File, Exclude, Mirror, Address, NoTools };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (source, file) = (parsed.GetRequiredValue(Source), parsed.GetRequiredValue(File));
            var difference = await ProgressDisplay.RunAsync(parsed, progress => NuGetLock.CompareAsync(source, file, Options(parsed, progress), cancellationToken));
            if (parsed.GetValue(GlobalOptions.Json))
            {
                Output.Print(parsed, "", () => Json(difference));
            }

            // The same words as this command got, but for the verb.
            var arguments = parsed.Tokens.Select(static token => token.Value).Where(static token => token != "--json").ToList();
            arguments[arguments.IndexOf("check")] = "lock";
            difference.ThrowIfAny(file, new ProcessCommand("nixsharp", arguments).ToString());
        });
        return command;
    }

    private static NuGetLockOptions Options(ParseResult parsed, IProgress<NixProgress>? progress) => new()
    {
        Exclude = parsed.GetValue(Exclude) ?? [],
        Mirrors = parsed.GetValue(Mirror) ?? [],
        SourceAddresses = (parsed.GetValue(Address) ?? []).Select(static pair => pair.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1]),
        IncludeTools = !parsed.GetValue(NoTools),
        Progress = progress,
    };

    private static JObject Json(NuGetLockDifference difference) => new()
    {
        ["added"] = new JArray(difference.Added.Select(Json)),
        ["removed"] = new JArray(difference.Removed.Select(Json)),
        ["changed"] = new JArray(difference.Changed.Select(static change => new JObject { ["from"] = Json(change.Old), ["to"] = Json(change.New) })),
    };

    private static JObject Json(NuGetLockEntry entry) => new()
    {
        ["pname"] = entry.Name,
        ["version"] = entry.Version,
        ["hash"] = entry.Hash.ToString(HashFormat.Sri),
        ["url"] = entry.Url,
    };
}
