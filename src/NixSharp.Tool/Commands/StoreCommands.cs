using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp store ...</c></summary>
internal static class StoreCommands
{
    public static Command Create()
    {
        var command = new Command("store", "Add to a store, list it, check it, collect its garbage.") { CreateAdd(), CreateList(), SignCommand.Create("sign") };
        foreach (var care in StoreCareCommands.Create())
        {
            command.Add(care);
        }

        return command;
    }

    private static Command CreateAdd()
    {
        var source = new Argument<string>("path") { Description = "The file, folder or symlink to add." };
        var name = new Option<string?>("--name", "-n") { Description = "The name of the store path. Default: the name of the file or folder.", HelpName = "NAME" };
        var flat = new Option<bool>("--flat") { Description = "Address one file by its contents alone, as nix-store --add-fixed does." };
        var algorithm = new Option<string>("--algo") { Description = "The hash algorithm: md5, sha1, sha256 or sha512.", HelpName = "ALGO", DefaultValueFactory = static _ => "sha256" };
        algorithm.AcceptOnlyFromAmong("md5", "sha1", "sha256", "sha512");
        var root = new Option<string?>("--add-root") { Description = "Make a symlink to the store path here, and a GC root of it.", HelpName = "LINK" };
        var command = new Command("add", "Add a file or folder. Gives the same path as nix-store --add.") { source, name, flat, algorithm, root };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var path = await ProgressDisplay.RunAsync(parsed, progress => store.AddAsync(
                parsed.GetRequiredValue(source),
                parsed.GetValue(name),
                new AddOptions
                {
                    Method = parsed.GetValue(flat) ? FileIngestionMethod.Flat : FileIngestionMethod.Recursive,
                    Algorithm = NixHashAlgorithms.Parse(parsed.GetValue(algorithm)),
                    Progress = progress,
                },
                cancellationToken));
            if (parsed.GetValue(root) is { } link)
            {
                await store.Require<IStoreRoots>("keep GC roots").AddRootAsync(link, path, cancellationToken);
            }

            Output.Print(parsed, path.ToString(), () => new JObject { ["path"] = path.ToString() });
        });
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "Print every valid path.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var paths = await store.Require<IPathLister>("list its paths").ListAsync(cancellationToken);
            Output.Print(parsed, string.Join('\n', paths), () => new JArray(paths.Select(static path => path.ToString())));
        });
        return command;
    }
}
