using System.CommandLine;
using System.Globalization;
using Newtonsoft.Json;
using NixSharp.Closures;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Caches;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp path-info</c></summary>
internal static class PathInfoCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("paths") { Description = "The store paths.", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "Every valid path of the store." };
        var recursive = new Option<bool>("--recursive", "-r") { Description = "The closure: the paths and all that they need." };
        var size = new Option<bool>("--size", "-s") { Description = "Print the size of each path's NAR." };
        var closureSize = new Option<bool>("--closure-size", "-S") { Description = "Print the size of each path's closure." };
        var human = new Option<bool>("--human-readable", "-h") { Description = "Print sizes with units." };
        var format = new Option<int>("--json-format")
        {
            Description = "The version of the JSON: 1 (Nix 2.19 to 2.34), 2, 3, or 0 for the list that Nix up to 2.18 printed.",
            HelpName = "N",
            DefaultValueFactory = static _ => (int)PathInfoJsonFormat.Version1,
        };
        format.AcceptOnlyFromAmong("0", "1", "2", "3");
        var command = new Command("path-info", "What a store knows of paths, as nix path-info prints it.") { paths, all, recursive, size, closureSize, human, format };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == (result.GetValue(paths) is { Length: > 0 }))
            {
                result.AddError("Give store paths, or --all.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            IReadOnlyList<StorePath> asked = parsed.GetValue(all)
                ? await store.Require<IPathLister>("list its paths").ListAsync(cancellationToken)
                : [.. parsed.GetRequiredValue(paths).Select(text => StorePath.Parse(text, store.StoreDirectory))];
            var infos = parsed.GetValue(recursive)
                ? (await store.GetClosureAsync(asked, cancellationToken)).Paths
                : await store.GetPathInfosAsync(asked, cancellationToken);
            var sizes = parsed.GetValue(closureSize) ? await GetClosureSizesAsync(store, infos, cancellationToken) : null;
            await using var output = Output.OpenBuffered();
            if (parsed.GetValue(GlobalOptions.Json))
            {
                var narInfos = new Dictionary<StorePath, NarInfo?>();
                foreach (var info in store is BinaryCacheStore ? infos : [])
                {
                    narInfos[info.Path] = await ((BinaryCacheStore)store).QueryNarInfoAsync(info.Path, cancellationToken);
                }

                await using var json = new JsonTextWriter(output) { Formatting = Formatting.Indented, CloseOutput = false };
                PathInfoJson.WriteTo(
                    json,
                    infos.Select(static info => KeyValuePair.Create(info.Path, (PathInfo?)info)),
                    (PathInfoJsonFormat)parsed.GetValue(format),
                    sizes is null ? null : info => sizes[info.Path],
                    info => narInfos.GetValueOrDefault(info.Path));
                await json.WriteWhitespaceAsync("\n", cancellationToken);
                return;
            }

            foreach (var info in infos)
            {
                await output.WriteLineAsync(Line(info));
            }

            string Line(PathInfo info)
            {
                var line = info.Path.ToString();
                line += parsed.GetValue(size) ? $"\t{Size(info.NarSize)}" : "";
                return line + (sizes is null ? "" : $"\t{Size(sizes[info.Path])}");
            }

            string Size(long bytes) => parsed.GetValue(human) ? ByteSize.Format(bytes) : bytes.ToString(CultureInfo.InvariantCulture);
        });
        return command;
    }

    /// <summary>The size of the closure of each path, all computed together.</summary>
    private static async Task<IReadOnlyDictionary<StorePath, long>> GetClosureSizesAsync(INixStore store, IReadOnlyList<PathInfo> infos, CancellationToken cancellationToken) =>
        (await store.GetClosureAsync([.. infos.Select(static info => info.Path)], cancellationToken)).ComputeSizes();
}
