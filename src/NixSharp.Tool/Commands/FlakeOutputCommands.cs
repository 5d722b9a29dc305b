using System.CommandLine;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Flakes.Outputs;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp flake build</c> and <c>nixsharp flake matrix</c></summary>
internal static class FlakeOutputCommands
{
    private static readonly Argument<string> Flake = new("flake")
    {
        Description = "The flake. Default: the one of this folder.",
        DefaultValueFactory = static _ => ".",
    };

    private static readonly Option<string[]> Sections = new("--section")
    {
        Description = "An attribute of the flake that holds derivations by system. May be given several times. Default: packages and checks.",
        HelpName = "NAME",
    };

    private static readonly Option<string[]> Systems = new("--system") { Description = "A system. May be given several times. Default: all.", HelpName = "SYSTEM" };

    public static Command CreateMatrix()
    {
        var runners = new Option<string[]>("--runner") { Description = "Where jobs for a system run, instead of GitHub's own runners. May be given several times.", HelpName = "SYSTEM=RUNNER" };
        var command = new Command("matrix", "Print a matrix of CI jobs, one for each output, as JSON.") { Flake, Sections, Systems, runners }.WithNixOptions();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var names = await parsed.RunNixAsync(client => FlakeOutputs.ListAsync(client, parsed.GetRequiredValue(Flake), Options(parsed), cancellationToken), cancellationToken);
            var given = (parsed.GetValue(runners) ?? []).Select(static text => text.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[^1]);
            Console.Out.WriteLine(FlakeMatrix.ToJson(names, given.Count > 0 ? given : null).ToString(Formatting.None));
        });
        return command;
    }

    public static Command CreateBuild()
    {
        var jobs = new Option<int>("--jobs", "-j") { Description = "How many builds are handed to Nix at a time.", DefaultValueFactory = static _ => new FlakeBuildOptions().Jobs };
        var caches = new Option<string[]>("--cache") { Description = "Build nothing that this store has. May be given several times.", HelpName = "URI" };
        var upload = new Option<string?>("--upload") { Description = "Copy results there while others are being built.", HelpName = "URI" };
        var stop = new Option<bool>("--no-keep-going") { Description = "Begin no further build after a failure." };
        var command = new Command("build", "Build many outputs: evaluated once, built in parallel, uploaded meanwhile, with a table at the end.")
        {
            Flake, Sections, Systems, jobs, caches, upload, stop,
        }.WithNixOptions();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var options = new FlakeBuildOptions
            {
                Jobs = parsed.GetValue(jobs),
                KeepGoing = !parsed.GetValue(stop),
                Caches = parsed.GetValue(caches) ?? [],
                UploadTo = parsed.GetValue(upload),
                StoreOptions = parsed.GetStoreOptions(),
                Store = store,
            };
            var report = await parsed.RunNixAsync(
                async client => await FlakeBuild.RunAsync(
                    client,
                    await FlakeOutputs.EvaluateAsync(client, parsed.GetRequiredValue(Flake), Options(parsed), cancellationToken),
                    options,
                    cancellationToken),
                cancellationToken);
            Output.Print(parsed, report.ToString(), () => new JArray(report.Results.Select(Describe)));
            report.ThrowIfFailed();
        });
        return command;
    }

    private static FlakeOutputsOptions Options(ParseResult parsed)
    {
        var sections = parsed.GetValue(Sections) ?? [];
        return new FlakeOutputsOptions
        {
            Sections = sections.Length > 0 ? sections : FlakeOutputsOptions.Default.Sections,
            Systems = parsed.GetValue(Systems) ?? [],
        };
    }

    private static JObject Describe(FlakeBuildResult result) => new()
    {
        ["attribute"] = result.Attribute,
        ["status"] = result.Status.ToString(),
        ["system"] = result.System,
        ["drvPath"] = result.DerivationPath?.ToString(),
        ["outputs"] = new JObject(result.Outputs.Select(static output => new JProperty(output.Key, output.Value.ToString()))),
        ["seconds"] = Math.Round(result.Duration.TotalSeconds, 3),
        ["error"] = result.Error?.Message,
        ["code"] = result.Error?.Code,
    };
}
