using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.GitOps.Cachix;
using NixSharp.StorePaths;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp cachix ...</c></summary>
internal static class CachixCommands
{
    private const string DefaultFile = "cachix-deploy.json";

    private static readonly Argument<string> File = new("file") { Description = $"The deploy specification. Default: {DefaultFile}.", DefaultValueFactory = static _ => DefaultFile };

    public static Command Create() => new("cachix", "Deployments with Cachix Deploy, and pushes with cachix.")
    {
        CreateSpec(),
        CreateCheck(),
        CreatePush(),
        CreateWatch(),
        CreateActivate(),
    };

    private static Command CreateSpec()
    {
        var flake = new Argument<string>("flake") { Description = "The flake. Default: the one of this folder.", DefaultValueFactory = static _ => "." };
        var names = new Option<string[]>("--configuration") { Description = "A configuration to deploy. May be given several times. Default: all.", HelpName = "NAME" };
        var scripts = new Option<string[]>("--rollback-script") { Description = "A script in the store that undoes a deployment by failing. May be given several times.", HelpName = "SYSTEM=PATH" };
        var output = new Option<string>("--output", "-o") { Description = "The file to write.", HelpName = "FILE", DefaultValueFactory = static _ => DefaultFile };
        var command = new Command("spec", "Build the configurations of a flake, and write what each agent is to run.") { flake, names, scripts, output }.WithNixOptions();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var rollback = (parsed.GetValue(scripts) ?? []).Select(static text => text.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => StorePath.Parse(pair[^1]));
            var spec = await parsed.RunNixAsync(
                client => FlakeDeploySpec.BuildAsync(client, parsed.GetRequiredValue(flake), parsed.GetValue(names), cancellationToken),
                cancellationToken) with { RollbackScripts = rollback };
            await spec.WriteAsync(parsed.GetValue(output)!, cancellationToken);
            Print(parsed, spec);
        });
        return command;
    }

    private static Command CreateCheck()
    {
        var command = new Command("check", "Check that all that a deploy specification names is in the store.") { File };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var spec = await DeploySpec.ReadAsync(parsed.GetRequiredValue(File), store.StoreDirectory, cancellationToken);
            await spec.CheckAsync(store, cancellationToken);
            Print(parsed, spec);
        });
        return command;
    }

    private static Command CreatePush()
    {
        var cache = new Argument<string>("cache") { Description = "The Cachix cache; or with --to, nothing of Cachix.", Arity = ArgumentArity.ZeroOrOne };
        var to = new Option<string?>("--to") { Description = "Push to this store or binary cache instead, without cachix.", HelpName = "URI" };
        var file = new Option<string>("--file") { Description = "The deploy specification.", HelpName = "FILE", DefaultValueFactory = static _ => DefaultFile };
        var command = new Command("push", "Push what a deploy specification names, with all that it needs, to where the agents fetch it.") { cache, to, file };
        command.Validators.Add(result =>
        {
            if (result.GetValue(cache) is null == result.GetValue(to) is null)
            {
                result.AddError("Name either a Cachix cache or a store with --to.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var spec = await DeploySpec.ReadAsync(parsed.GetValue(file)!, store.StoreDirectory, cancellationToken);
            if (parsed.GetValue(to) is { } uri)
            {
                await using var destination = await parsed.OpenStoreAsync(uri, cancellationToken);
                await spec.PushAsync(store, destination, cancellationToken: cancellationToken);
            }
            else
            {
                await spec.CheckAsync(store, cancellationToken);
                await Client(parsed).PushAsync(parsed.GetValue(cache)!, spec.Paths, cancellationToken);
            }

            Print(parsed, spec);
        });
        return command;
    }

    private static Command CreateWatch()
    {
        var cache = new Argument<string>("cache") { Description = "The Cachix cache." };
        var words = new Argument<string[]>("command") { Description = "The program and its arguments, after --.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("watch-exec", "Run a program, and push what is built meanwhile.") { cache, words };
        command.SetAction((parsed, cancellationToken) =>
        {
            var all = parsed.GetRequiredValue(words);
            return Client(parsed).WatchExecAsync(parsed.GetRequiredValue(cache), all[0], all[1..], cancellationToken);
        });
        return command;
    }

    private static Command CreateActivate()
    {
        var agents = new Option<string[]>("--agent") { Description = "An agent. May be given several times. Default: all.", HelpName = "NAME" };
        var isAsync = new Option<bool>("--async") { Description = "Do not wait until the agents are done." };
        var command = new Command("activate", "Have agents activate a deploy specification. The token is taken from CACHIX_ACTIVATE_TOKEN.") { File, agents, isAsync };
        command.SetAction((parsed, cancellationToken) =>
            Client(parsed).ActivateAsync(parsed.GetRequiredValue(File), parsed.GetValue(agents), parsed.GetValue(isAsync), cancellationToken));
        return command;
    }

    private static CachixClient Client(ParseResult parsed) => new(new CachixOptions { Log = parsed.GetValue(GlobalOptions.Quiet) ? null : new ErrorLines() });

    private static void Print(ParseResult parsed, DeploySpec spec) => Output.Print(
        parsed,
        string.Join('\n', spec.Agents.OrderBy(static agent => agent.Key, StringComparer.Ordinal).Select(static agent => $"{agent.Key} {agent.Value}")),
        () => JObject.Parse(spec.ToString()));
}
