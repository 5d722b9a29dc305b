using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using NixSharp.Flakes.Logs;
using NixSharp.Flakes.References;
using NixSharp.Processes;

namespace NixSharp.Flakes;

public sealed partial class NixClient
{
    // A message with its trace is one line of the log.
    private const int MaxLogLine = 4 << 20;
    private const string InstallHint = "apt install nix-bin (Debian), or see https://nixos.org/download";

    private async Task<(string Command, JToken Json)> RunJsonAsync(
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> installables,
        CancellationToken cancellationToken)
    {
        var (command, result) = await RunAsync(arguments, installables, cancellationToken).ConfigureAwait(false);
        return (command, NixJson.Read(command, () => NixJson.Parse(result.Output)));
    }

    private async Task<(string Command, ProcessResult Result)> RunAsync(
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> installables,
        CancellationToken cancellationToken,
        IProgress<string>? output = null)
    {
        var tokens = await FindTokensAsync(cancellationToken).ConfigureAwait(false);

        // What follows the two dashes is no option, whatever it looks like.
        var command = new ProcessCommand(_options.Program, [.. arguments, .. CommonArguments(), "--", .. installables])
        {
            WorkingFolder = _options.WorkingFolder,
            Environment = Environment(tokens),
            OutputLines = output,
            ErrorLineLimit = MaxLogLine,
            Secrets = [.. tokens.Values],
            InstallHint = InstallHint,
        };
        var flakes = FlakeFolders(installables);
        var isFirst = true;
        var log = new NixLogTranslator(_options.Log, _options.Activities, flakes);
        var result = await NixNetwork.MakeRetry(_options, () => log.Complaints).ExecuteAsync(
            async token =>
            {
                // Nix remembers for a while what it could not fetch.
                log = new NixLogTranslator(_options.Log, _options.Activities, flakes);
                var attempt = isFirst ? command : command with { Arguments = [.. arguments, "--refresh", .. CommonArguments(), "--", .. installables] };
                isFirst = false;
                return await (attempt with { ErrorLines = log }).TryRunAsync(token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? (command.ToString(), result) : throw Failure(command, result with { ErrorTail = log.Tail }, log);
    }

    private NixCommandException Failure(ProcessCommand command, ProcessResult result, NixLogTranslator log)
    {
        var (code, hint) = NixNetwork.IsPassing(log.Complaints)
            ? (NixErrorCodes.NixDownloadFailed, NixNetwork.IsRateLimit(log.Complaints)
                ? "A server limits how often strangers may ask it: give Nix a token (access-tokens), or wait."
                : $"Nix could not download, {_options.Attempts} times: see that the network is up, and try again later.")
            : (NixErrorCodes.FlakeFailed, Hint(string.Join('\n', log.Complaints)));
        return new NixCommandException(code, command.FailureMessage(result, hint), command.ToString())
        {
            ExitCode = result.ExitCode,
            ErrorTail = result.ErrorTail,
            Diagnostics = log.Errors,
        };
    }

    /// <summary>The tokens that are given, and those that are to be found, which are looked for once.</summary>
    private async Task<IReadOnlyDictionary<string, string>> FindTokensAsync(CancellationToken cancellationToken)
    {
        if (_tokens is null)
        {
            var hosts = _options.FindTokensFor.Where(host => !_options.AccessTokens.ContainsKey(host)).ToList();
            var found = hosts.Count > 0 ? await NixAccessTokens.FindAsync(hosts, cancellationToken).ConfigureAwait(false) : new Dictionary<string, string>();
            _tokens = _options.AccessTokens.Concat(found).ToDictionary();
        }

        return _tokens;
    }

    /// <summary>The folders of the flakes that installables are of, where they are on this machine.</summary>
    private List<string> FlakeFolders(IReadOnlyList<string> installables)
    {
        var here = Path.GetFullPath(_options.WorkingFolder ?? ".");
        var folders = new List<string>();
        foreach (var installable in installables)
        {
            try
            {
                if (FlakeInstallable.Parse(installable, here).Flake.LocalFolder is { } folder)
                {
                    folders.Add(Path.GetFullPath(folder, here));
                }
            }
            catch (FlakeException)
            {
                // A store path, an attribute of an expression, or nonsense, which Nix will tell.
                continue;
            }
        }

        return [.. folders.Append(here).Distinct()];
    }

    private List<string> CommonArguments()
    {
        List<string> arguments = ["--log-format", "internal-json"];
        if (_options.ExtraExperimentalFeatures.Count > 0)
        {
            arguments.AddRange(["--extra-experimental-features", string.Join(' ', _options.ExtraExperimentalFeatures)]);
        }

        if (_options.Store is { } store)
        {
            arguments.AddRange(["--store", store]);
        }

        AddIf(arguments, _options.Impure, "--impure");
        AddIf(arguments, _options.ShowTrace, "--show-trace");
        foreach (var (input, reference) in _options.OverrideInputs)
        {
            arguments.AddRange(["--override-input", input, reference]);
        }

        arguments.AddRange(_options.ExtraArguments);
        return arguments;
    }

    private Dictionary<string, string?> Environment(IReadOnlyDictionary<string, string> tokens)
    {
        var environment = _options.Environment.ToDictionary();
        if (_options.Config.Count > 0 || tokens.Count > 0)
        {
            var text = new StringBuilder(environment.GetValueOrDefault("NIX_CONFIG") ?? System.Environment.GetEnvironmentVariable("NIX_CONFIG")).Append('\n');
            foreach (var (name, value) in _options.Config)
            {
                // A line end would start another setting.
                text.Append(name).Append(" = ").Append(value.ReplaceLineEndings(" ")).Append('\n');
            }

            if (tokens.Count > 0)
            {
                text.Append("extra-access-tokens = ").AppendJoin(' ', tokens.Select(static pair => $"{pair.Key}={pair.Value}".ReplaceLineEndings(" "))).Append('\n');
            }

            environment["NIX_CONFIG"] = text.ToString();
        }

        return environment;
    }

    private static string Hint(string error)
    {
        if (FailedBuild().Match(error) is { Success: true } build)
        {
            return $"All that the failed build printed is shown by 'nix log {build.Groups[1].Value}'.";
        }

        if (error.Contains("unrecognised flag", StringComparison.Ordinal))
        {
            return "This version of Nix does not know one of the options: see 'nix --version'.";
        }

        if (error.Contains("is required to build", StringComparison.Ordinal))
        {
            return "No machine here builds for that system: name one that does with the setting 'builders', or install an emulator and add the system to 'extra-platforms'.";
        }

        return error.Contains("does not provide attribute", StringComparison.Ordinal)
            ? "See what the flake has with 'nix flake show'; in a Git repository, Nix sees only what 'git add' knows of."
            : "Correct what Nix complains of; --show-trace shows the whole way to where an evaluation failed.";
    }

    [GeneratedRegex("builder for '(/[^'\n]+[.]drv)' failed|Cannot build '(/[^'\n]+[.]drv)'", RegexOptions.CultureInvariant)]
    private static partial Regex FailedBuild();
}
