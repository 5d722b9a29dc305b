using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>The closures that a derivation wants to be told of: <c>exportReferencesGraph</c>.</summary>
internal sealed class ReferenceGraphs(BuildInputs inputs)
{
    /// <summary>Computes the closures; where derivations are among them, with their outputs and what those need.</summary>
    /// <exception cref="BuildFailure">A path is not among what the derivation may see, or an output is not there.</exception>
    public static async Task<IReadOnlyDictionary<string, Closure>> LoadAsync(BuildSession session, DerivationOptions attributes, Closure inputs)
    {
        var graphs = new Dictionary<string, Closure>();
        foreach (var (name, roots) in attributes.ExportReferencesGraph)
        {
            var paths = roots.Select(root => root is OutputReference.Path { Value: var path } && inputs.Contains(path)
                ? path
                : throw BuildFailure.Rejected($"the file '{name}' should list the references of {Describe(root)}, which is not among what the derivation needs")).ToList();
            var closure = await session.Store.GetClosureAsync(paths, session.Stopping).ConfigureAwait(false);
            var outputs = new List<StorePath>();
            foreach (var derivation in closure.Paths.Select(static info => info.Path).Where(static path => path.IsDerivation))
            {
                outputs.AddRange(await OutputsOfAsync(session, derivation).ConfigureAwait(false));
            }

            graphs[name] = outputs.Count == 0 ? closure : await session.Store.GetClosureAsync([.. paths, .. outputs], session.Stopping).ConfigureAwait(false);
        }

        return graphs;
    }

    /// <summary>File names and what goes into them: for each path, itself, an empty line, how many references it has, and those.</summary>
    public IEnumerable<KeyValuePair<string, string>> ToText()
    {
        foreach (var (name, graph) in inputs.Graphs)
        {
            var text = new StringBuilder();
            foreach (var info in graph.Paths.OrderBy(static info => info.Path))
            {
                text.Append(info.Path).Append("\n\n").Append(info.References.Count).Append('\n');
                foreach (var reference in info.References)
                {
                    text.Append(reference).Append('\n');
                }
            }

            yield return new(name, text.ToString());
        }
    }

    /// <summary>Attribute names and their JSON.</summary>
    public IEnumerable<KeyValuePair<string, JArray>> ToJson()
    {
        foreach (var (name, graph) in inputs.Graphs)
        {
            yield return new(name, new JArray(graph.Paths.OrderBy(static info => info.Path).Select(info => ToJson(info, graph))));
        }
    }

    private static JObject ToJson(PathInfo info, Closure graph)
    {
        var hash = info.NarHash.ToString(HashFormat.Nix32);
        var json = new JObject
        {
            ["closureSize"] = Reach(info.Path, graph).Sum(static reached => reached.NarSize),
            ["narHash"] = hash,
            ["narSize"] = info.NarSize,
            ["path"] = info.Path.ToString(),
            ["references"] = new JArray(info.References.Select(static reference => reference.ToString())),
            ["valid"] = true,
        };
        if (info.ContentAddress is { } address)
        {
            json["ca"] = address.ToString();
        }

        return json;
    }

    private static async Task<IEnumerable<StorePath>> OutputsOfAsync(BuildSession session, StorePath path)
    {
        var derivation = session.Store.TryReadDerivation(path) ?? throw BuildFailure.Rejected($"it should list what {path} makes, which is not in the store");
        var known = await new Realisations(session, path, derivation).FindAsync(derivation.Outputs.Keys).ConfigureAwait(false);
        var missing = derivation.Outputs.Keys.FirstOrDefault(name => !known.TryGetValue(name, out var output) || !session.Store.HasPath(output));
        return missing is null ? known.Values : throw BuildFailure.Rejected($"it should list what {path} makes, and its output '{missing}' is not there. Build that first.");
    }

    private static List<PathInfo> Reach(StorePath root, Closure graph)
    {
        var seen = new HashSet<StorePath> { root };
        var open = new Stack<StorePath>(seen);
        var reached = new List<PathInfo>();
        while (open.TryPop(out var path))
        {
            var info = graph[path];
            reached.Add(info);
            foreach (var reference in info.References.Where(seen.Add))
            {
                open.Push(reference);
            }
        }

        return reached;
    }

    private static string Describe(OutputReference root) => root is OutputReference.Path { Value: var path } ? path.ToString() : "an output that is not known";
}
