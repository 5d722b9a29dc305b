using Newtonsoft.Json.Linq;
using NixSharp.Json;
using NixSharp.StorePaths;

namespace NixSharp.Flakes;

/// <summary>Where the sources of a flake and of its inputs are in the store.</summary>
/// <param name="Path">The flake's own source.</param>
/// <param name="Inputs">The inputs by name.</param>
public sealed record FlakeArchive(StorePath Path, IReadOnlyDictionary<string, FlakeArchive> Inputs)
{
    // Inputs of inputs of inputs: nobody nests that far, and recursion must not end the process.
    private const int MaxDepth = 100;

    /// <summary>All store paths, each once.</summary>
    public IEnumerable<StorePath> Paths => Inputs.Values.SelectMany(static input => input.Paths).Prepend(Path).Distinct();

    internal static FlakeArchive Read(JToken? json, StoreDirectory directory, int depth = 0)
    {
        var archive = JsonNodes.Expect<JObject>(json, "an archive");
        if (depth > MaxDepth)
        {
            throw JsonNodes.Invalid($"inputs are nested deeper than {MaxDepth} levels");
        }

        return new FlakeArchive(
            JsonNodes.ReadPath(archive["path"], directory),
            (archive["inputs"] as JObject ?? []).Properties()
                .Where(static input => (input.Value as JObject)?["path"] is not null)
                .ToDictionary(static input => input.Name, input => Read(input.Value, directory, depth + 1)));
    }
}
