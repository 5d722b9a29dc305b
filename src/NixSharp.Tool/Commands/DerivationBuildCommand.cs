using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp drv build</c></summary>
internal static class DerivationBuildCommand
{
    private static readonly Argument<string[]> Paths = new("derivations")
    {
        Description = "Derivations: PATH.drv for all outputs, PATH.drv^out,dev for some. Other store paths are fetched from the substituters.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<int?> MaxJobs = new("--max-jobs", "-j") { Description = "How many are built at the same time. Default: the number of cores.", HelpName = "N" };

    private static readonly Option<int?> Cores = new("--cores") { Description = "What builders are told in NIX_BUILD_CORES; 0 means all.", HelpName = "N" };

    private static readonly Option<bool> KeepGoing = new("--keep-going", "-k") { Description = "Go on with the rest when something fails." };

    private static readonly Option<bool> KeepFailed = new("--keep-failed", "-K") { Description = "Keep the build folder of what fails." };

    private static readonly Option<double?> Timeout = new("--timeout") { Description = "Stop a builder that runs for longer.", HelpName = "SECONDS" };

    private static readonly Option<double?> MaxSilentTime = new("--max-silent-time") { Description = "Stop a builder that prints nothing for longer.", HelpName = "SECONDS" };

    private static readonly Option<bool> Check = new("--check") { Description = "Build again what is there, and compare." };

    private static readonly Option<bool> Repair = new("--repair") { Description = "Build again what is damaged, and replace it." };

    private static readonly Option<bool> PrintLogs = new("--print-build-logs", "-L") { Description = "Print what builders print, while they do." };

    private static readonly Option<string?> OutLink = new("--out-link", "-o") { Description = "Make a symlink to the result here, and a GC root of it; to further outputs with their names behind.", HelpName = "LINK" };

    private static readonly Option<string[]> Substituters = new("--substituter") { Description = "A store that outputs may come from. May be given several times.", HelpName = "URI" };

    private static readonly Option<string[]> SandboxPaths = new("--sandbox-path") { Description = "A file or folder that builders see, such as /bin/sh=/bin/busybox. May be given several times.", HelpName = "TARGET=SOURCE" };

    private static readonly Option<string[]> SystemFeatures = new("--system-feature") { Description = "What this machine offers, instead of the defaults. May be given several times.", HelpName = "FEATURE" };

    private static readonly Option<string[]> ExtraPlatforms = new("--extra-platform") { Description = "A system that this machine emulates. May be given several times.", HelpName = "SYSTEM" };

    public static Command Create()
    {
        var command = new Command("build", "Build derivations that are in the store, without Nix where the store is local, and print their outputs.")
        {
            Paths, MaxJobs, Cores, KeepGoing, KeepFailed, Timeout, MaxSilentTime, Check, Repair, PrintLogs, OutLink, Substituters, SandboxPaths, SystemFeatures, ExtraPlatforms,
        };
        command.Validators.Add(static result =>
        {
            if (result.GetValue(Check) && result.GetValue(Repair))
            {
                result.AddError("--check and --repair exclude each other.");
            }

            if (result.GetValue(MaxJobs) is < 1)
            {
                result.AddError("--max-jobs takes a number above 0.");
            }
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var store = await parsed.OpenStoreAsync(cancellationToken);
        var paths = parsed.GetRequiredValue(Paths).Select(text => Parse(text, store.StoreDirectory)).ToList();
        var substituters = new List<INixStore>();
        try
        {
            foreach (var uri in parsed.GetValue(Substituters) ?? [])
            {
                substituters.Add(await NixStore.OpenAsync(uri, cancellationToken: cancellationToken));
            }

            var builder = store.Require<IBuildStore>("build");
            var results = parsed.GetValue(PrintLogs)
                ? await builder.BuildAsync(paths, ReadOptions(parsed, substituters, parsed.GetValue(GlobalOptions.Quiet) ? null : new ProgressLines()), cancellationToken)
                : await ProgressDisplay.RunAsync(parsed, progress => builder.BuildAsync(paths, ReadOptions(parsed, substituters, progress), cancellationToken));
            await LinkAsync(parsed, store, results, cancellationToken);
            Output.Print(parsed, string.Join('\n', results.Where(static result => result.IsSuccess).SelectMany(OutputsOf).Distinct()), () => new JArray(results.Select(ToJson)));
            results.ThrowIfFailed();
            return 0;
        }
        finally
        {
            foreach (var substituter in substituters)
            {
                await substituter.DisposeAsync();
            }
        }
    }

    private static DerivedPath Parse(string text, StoreDirectory directory) =>
        (text.Contains('!', StringComparison.Ordinal) ? DerivedPath.ParseLegacy(text, directory) : DerivedPath.Parse(text, directory)) switch
        {
            DerivedPath.Opaque { Path: { IsDerivation: true } derivation } => DerivedPath.Of(derivation, OutputsSpec.All),
            var path => path,
        };

    private static BuildOptions ReadOptions(ParseResult parsed, IReadOnlyList<INixStore> substituters, IProgress<NixProgress>? progress) => new()
    {
        Mode = parsed.GetValue(Check) ? BuildMode.Check : parsed.GetValue(Repair) ? BuildMode.Repair : BuildMode.Normal,
        MaxJobs = parsed.GetValue(MaxJobs),
        Cores = parsed.GetValue(Cores),
        KeepGoing = parsed.GetValue(KeepGoing),
        KeepFailed = parsed.GetValue(KeepFailed),
        Timeout = parsed.GetValue(Timeout) is { } timeout ? TimeSpan.FromSeconds(timeout) : null,
        MaxSilentTime = parsed.GetValue(MaxSilentTime) is { } silence ? TimeSpan.FromSeconds(silence) : null,
        Substituters = substituters,
        SandboxPaths = parsed.GetValue(SandboxPaths) ?? [],
        SystemFeatures = parsed.GetValue(SystemFeatures) is { Length: > 0 } features ? features : null,
        ExtraPlatforms = parsed.GetValue(ExtraPlatforms) ?? [],
        Log = parsed.GetValue(PrintLogs) ? Print : null,
        Progress = progress,
    };

    private static void Print(BuildLogLine line) =>
        Console.Error.WriteLine(line.Derivation is { } derivation ? $"{Derivation.NameOf(derivation)}> {line.Text}" : line.Text);

    private static async Task LinkAsync(ParseResult parsed, INixStore store, IReadOnlyList<BuildResult> results, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(OutLink) is not { } link)
        {
            return;
        }

        var roots = store.Require<IStoreRoots>("keep GC roots");
        foreach (var (result, number) in results.Where(static result => result.IsSuccess).Select(static (result, number) => (result, number)))
        {
            var name = number == 0 ? link : $"{link}-{number}";
            if (result.Path is DerivedPath.Opaque opaque)
            {
                await roots.AddRootAsync(name, opaque.Path, cancellationToken);
            }

            foreach (var (output, realisation) in result.BuiltOutputs)
            {
                await roots.AddRootAsync(output == "out" ? name : $"{name}-{output}", realisation.OutputPath, cancellationToken);
            }
        }
    }

    private static IEnumerable<StorePath> OutputsOf(BuildResult result) => result.Path is DerivedPath.Opaque opaque
        ? [opaque.Path]
        : result.BuiltOutputs.OrderBy(static output => output.Key, StringComparer.Ordinal).Select(static output => output.Value.OutputPath);

    private static JObject ToJson(BuildResult result)
    {
        var json = new JObject
        {
            ["drvPath"] = result.Path is DerivedPath.Built built ? built.Derivation.ToString() : null,
            ["outputs"] = new JObject(result.BuiltOutputs
                .OrderBy(static output => output.Key, StringComparer.Ordinal)
                .Select(static output => new JProperty(output.Key, output.Value.OutputPath.ToString()))),
            ["status"] = result.Status.ToString(),
            ["startTime"] = result.StartTime.ToUnixTimeSeconds(),
            ["stopTime"] = result.StopTime.ToUnixTimeSeconds(),
        };
        if (result.Path is DerivedPath.Opaque opaque)
        {
            json["path"] = opaque.Path.ToString();
        }

        if (!result.IsSuccess)
        {
            json["errorMsg"] = result.ErrorMessage;
        }

        return json;
    }
}
