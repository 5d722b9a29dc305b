using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.StorePaths;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp why-depends</c></summary>
internal static class WhyDependsCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = "The store path that needs the other." };
        var dependency = new Argument<string>("dependency") { Description = "The store path that is needed." };
        var all = new Option<bool>("--all", "-a") { Description = "Every chain, not only one of the shortest." };
        var command = new Command("why-depends", "Show through what a store path needs another, as nix why-depends does.") { path, dependency, all };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var why = await WhyDepends.FindAsync(
                store,
                StorePath.Parse(parsed.GetRequiredValue(path), store.StoreDirectory),
                StorePath.Parse(parsed.GetRequiredValue(dependency), store.StoreDirectory),
                cancellationToken);
            if (parsed.GetValue(GlobalOptions.Json))
            {
                Output.Print(parsed, "", () => ToJson(why, parsed.GetValue(all)));
            }
            else if (!why.Depends)
            {
                await Console.Error.WriteLineAsync($"'{why.Path}' does not depend on '{why.Dependency}'");
            }
            else if (parsed.GetValue(all))
            {
                await using var output = Output.OpenBuffered();
                await why.WriteTreeAsync(output, cancellationToken);
            }
            else
            {
                await Console.Out.WriteAsync(why.ToString());
            }
        });
        return command;
    }

    private static JObject ToJson(WhyDepends why, bool all)
    {
        var json = new JObject
        {
            ["path"] = why.Path.ToString(),
            ["dependency"] = why.Dependency.ToString(),
            ["depends"] = why.Depends,
            ["chain"] = new JArray(why.ShortestChain.Select(static step => step.ToString())),
        };
        if (all)
        {
            json["references"] = new JObject(why.References.OrderBy(static entry => entry.Key).Select(static entry =>
                new JProperty(entry.Key.ToString(), new JArray(entry.Value.Select(static reference => reference.ToString())))));
        }

        return json;
    }
}
