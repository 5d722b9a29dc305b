using System.CommandLine;
using NixSharp.Flakes;
using NixSharp.Stores;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary>The options of all commands that run <c>nix</c>.</summary>
internal static class NixOptionSet
{
    private static readonly Option<bool> Impure = new("--impure") { Description = "Let evaluation see the environment, the time, and files outside the flake." };

    private static readonly Option<bool> ShowTrace = new("--show-trace") { Description = "Show the whole way to where an evaluation failed." };

    private static readonly Option<string[]> OverrideInputs = MakePairs("--override-input", "Take an input of the flake from elsewhere.", "INPUT=REFERENCE");

    private static readonly Option<string[]> Settings = MakePairs("--option", "A setting of Nix's configuration.", "NAME=VALUE");

    private static readonly Option<string> Program = new("--nix")
    {
        Description = "The nix to run. Default: the one on PATH.",
        HelpName = "PROGRAM",
        DefaultValueFactory = static _ => "nix",
    };

    private static readonly Option<string[]> TokensFor = new("--find-token")
    {
        Description = "Look for this user's token for a host (environment, netrc, gh), so that fetching is not limited. May be given several times.",
        HelpName = "HOST",
    };

    /// <summary>Adds the options to a command.</summary>
    public static Command WithNixOptions(this Command command)
    {
        foreach (var option in (Option[])[Impure, ShowTrace, OverrideInputs, Settings, Program, TokensFor])
        {
            command.Options.Add(option);
        }

        return command;
    }

    /// <summary>Runs <paramref name="work"/> with a client as the command line asks for, and shows what Nix does.</summary>
    public static Task<T> RunNixAsync<T>(this ParseResult parsed, Func<NixClient, Task<T>> work, CancellationToken cancellationToken) =>
        ActivityDisplay.RunAsync(parsed, async (activities, log) =>
        {
            string? root;
            await using (var store = await parsed.OpenStoreAsync(cancellationToken))
            {
                root = store switch
                {
                    LocalStore local => local.Layout.Root,
                    _ => parsed.GetResult(GlobalOptions.Store) is { Implicit: false } ? store.Uri : null,
                };
            }

            return await work(new NixClient(new NixOptions
            {
                Program = parsed.GetRequiredValue(Program),
                Store = root,
                Impure = parsed.GetValue(Impure),
                ShowTrace = parsed.GetValue(ShowTrace),
                OverrideInputs = Pairs(parsed.GetValue(OverrideInputs)),
                Config = Pairs(parsed.GetValue(Settings)),
                FindTokensFor = parsed.GetValue(TokensFor) ?? [],
                Activities = activities,
                Log = log,
            }));
        });

    private static Option<string[]> MakePairs(string name, string description, string form)
    {
        var option = new Option<string[]>(name) { Description = $"{description} May be given several times.", HelpName = form };
        option.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(static token => !token.Value.Contains('=', StringComparison.Ordinal)) is { } token)
            {
                result.AddError($"{name} takes {form}, and got '{token.Value}'.");
            }
        });
        return option;
    }

    private static Dictionary<string, string> Pairs(string[]? texts)
    {
        var pairs = new Dictionary<string, string>();
        foreach (var pair in (texts ?? []).Select(static text => text.Split('=', 2)))
        {
            pairs[pair[0]] = pair[1];
        }

        return pairs;
    }
}
