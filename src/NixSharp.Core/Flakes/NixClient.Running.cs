using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using NixSharp.Processes;

namespace NixSharp.Flakes;

public sealed partial class NixClient
{
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
        CancellationToken cancellationToken)
    {
        // What follows the two dashes is no option, whatever it looks like.
        var command = new ProcessCommand(_options.Program, [.. arguments, .. CommonArguments(), "--", .. installables])
        {
            WorkingFolder = _options.WorkingFolder,
            Environment = Environment(),
            ErrorLines = _options.Log,
            Secrets = [.. _options.AccessTokens.Values],
            InstallHint = InstallHint,
        };
        var isFirst = true;
        var result = await NixNetwork.MakeRetry(_options).ExecuteAsync(
            async token =>
            {
                // Nix remembers for a while what it could not fetch.
                var attempt = isFirst ? command : command with { Arguments = [.. arguments, "--refresh", .. CommonArguments(), "--", .. installables] };
                isFirst = false;
                return await attempt.TryRunAsync(token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0)
        {
            return (command.ToString(), result);
        }

        throw NixNetwork.IsPassing(result)
            ? command.Failed(NixErrorCodes.NixDownloadFailed, result, NixNetwork.IsRateLimit(result)
                ? "A server limits how often strangers may ask it: give Nix a token (access-tokens), or wait."
                : $"Nix could not download, {_options.Attempts} times: see that the network is up, and try again later.")
            : command.Failed(NixErrorCodes.FlakeFailed, result, Hint(string.Join('\n', result.ErrorTail)));
    }

    private List<string> CommonArguments()
    {
        List<string> arguments = [];
        if (_options.ExtraExperimentalFeatures.Count > 0)
        {
            arguments.AddRange(["--extra-experimental-features", string.Join(' ', _options.ExtraExperimentalFeatures)]);
        }

        if (_options.Store is { } store)
        {
            arguments.AddRange(["--store", store]);
        }

        AddIf(arguments, _options.Impure, "--impure");
        foreach (var (input, reference) in _options.OverrideInputs)
        {
            arguments.AddRange(["--override-input", input, reference]);
        }

        arguments.AddRange(_options.ExtraArguments);
        return arguments;
    }

    private Dictionary<string, string?> Environment()
    {
        var environment = new Dictionary<string, string?>();
        if (_options.Config.Count > 0 || _options.AccessTokens.Count > 0)
        {
            var text = new StringBuilder(System.Environment.GetEnvironmentVariable("NIX_CONFIG")).Append('\n');
            foreach (var (name, value) in _options.Config)
            {
                // A line end would start another setting.
                text.Append(name).Append(" = ").Append(value.ReplaceLineEndings(" ")).Append('\n');
            }

            if (_options.AccessTokens.Count > 0)
            {
                text.Append("extra-access-tokens = ").AppendJoin(' ', _options.AccessTokens.Select(static pair => $"{pair.Key}={pair.Value}".ReplaceLineEndings(" "))).Append('\n');
            }

            environment["NIX_CONFIG"] = text.ToString();
        }

        return environment;
    }

    private static string Hint(string error)
    {
        if (FullLog().Match(error) is { Success: true } log)
        {
            return $"All that the failed build printed is shown by '{log.Groups[1].Value}'.";
        }

        if (error.Contains("unrecognised flag", StringComparison.Ordinal))
        {
            return "This version of Nix does not know one of the options: see 'nix --version'.";
        }

        return error.Contains("does not provide attribute", StringComparison.Ordinal)
            ? "See what the flake has with 'nix flake show'; in a Git repository, Nix sees only what 'git add' knows of."
            : "Correct what Nix complains of; '--show-trace' as an extra argument shows where an evaluation failed.";
    }

    [GeneratedRegex("For full logs, run '?(nix log [^'\n]+?)'?\\.?(?:\n|$)", RegexOptions.CultureInvariant)]
    private static partial Regex FullLog();
}
