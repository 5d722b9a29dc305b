using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>The closures that a derivation wants to be told of: <c>exportReferencesGraph</c>.</summary>
internal sealed class ReferenceGraphs(BuildInputs inputs)
{
    /// <summary>File names and what goes into them: for each path, itself, an empty line, how many references it has, and those.</summary>
    public IEnumerable<KeyValuePair<string, string>> ToText()
    {
        foreach (var (name, roots) in inputs.Options.ExportReferencesGraph)
        {
            var text = new StringBuilder();
            foreach (var info in ClosureOf(name, roots))
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
        foreach (var (name, roots) in inputs.Options.ExportReferencesGraph)
        {
            yield return new(name, new JArray(ClosureOf(name, roots).Select(ToJson)));
        }
    }

    private JObject ToJson(PathInfo info)
    {
        var hash = info.NarHash.ToString(HashFormat.Nix32);
        var json = new JObject
        {
            ["closureSize"] = Reach([info.Path]).Sum(static reached => reached.NarSize),
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

    private IReadOnlyList<PathInfo> ClosureOf(string name, IReadOnlyList<OutputReference> roots)
    {
        var paths = roots.Select(root => root is OutputReference.Path { Value: var path } && inputs.Closure.Contains(path)
            ? path
            : throw BuildFailure.Rejected($"the file '{name}' should list the references of {Describe(root)}, which is not among what the derivation needs"));
        return [.. Reach([.. paths]).OrderBy(static info => info.Path)];
    }

    private List<PathInfo> Reach(IReadOnlyList<StorePath> roots)
    {
        var seen = new HashSet<StorePath>(roots);
        var open = new Stack<StorePath>(seen);
        var reached = new List<PathInfo>();
        while (open.TryPop(out var path))
        {
            var info = inputs.Closure[path];
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
