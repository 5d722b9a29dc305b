using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp sign</c> and <c>nixsharp store sign</c></summary>
internal static class SignCommand
{
    public static Command Create(string name)
    {
        var paths = new Argument<string[]>("paths") { Description = "The store paths.", Arity = ArgumentArity.ZeroOrMore };
        var key = new Option<string>("--key-file", "-k") { Description = "The file of the secret key.", HelpName = "FILE", Required = true };
        var recursive = new Option<bool>("--recursive", "-r") { Description = "Sign the closure: the paths and all that they need." };
        var all = new Option<bool>("--all") { Description = "Sign every valid path of the store." };
        var command = new Command(name, "Sign store paths with a secret key, as nix store sign does.") { paths, key, recursive, all };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == (result.GetValue(paths) is { Length: > 0 }))
            {
                result.AddError("Give store paths, or --all.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var secret = await SecretKey.ReadAsync(parsed.GetRequiredValue(key), cancellationToken);
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            IReadOnlyList<StorePath> asked = parsed.GetValue(all)
                ? await store.Require<IPathLister>("list its paths").ListAsync(cancellationToken)
                : [.. parsed.GetRequiredValue(paths).Select(text => StorePath.Parse(text, store.StoreDirectory))];
            var chosen = parsed.GetValue(recursive)
                ? [.. (await store.GetClosureAsync(asked, cancellationToken)).Paths.Select(static info => info.Path)]
                : asked;
            var signed = await store.SignAsync(chosen, secret, cancellationToken);
            Output.Print(
                parsed,
                "",
                () => new JArray(signed.Select(static pair => new JObject { ["path"] = pair.Key.ToString(), ["signature"] = pair.Value.ToString() })));
        });
        return command;
    }
}
