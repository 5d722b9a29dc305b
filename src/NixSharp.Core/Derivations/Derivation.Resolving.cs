using NixSharp.StorePaths;

namespace NixSharp.Derivations;

public sealed partial record Derivation
{
    /// <summary>
    /// The derivation that is really built: what it needs of other derivations becomes sources, the placeholders of
    /// those outputs become their paths, and outputs that were deferred get theirs.
    /// </summary>
    /// <param name="realised">Gives the path that one output of a derivation became; null where it was not built yet.</param>
    /// <returns>The derivation, which needs no other ones; null where a path is missing.</returns>
    public Derivation? TryResolve(Func<StorePath, string, StorePath?> realised)
    {
        ArgumentNullException.ThrowIfNull(realised);
        var sources = new HashSet<StorePath>(InputSources);
        var rewrites = new Dictionary<string, string>();
        var open = new Stack<(StorePath Derivation, Placeholder? Parent, DerivationInput Input)>();
        foreach (var (path, input) in InputDerivations)
        {
            open.Push((path, null, input));
        }

        while (open.TryPop(out var top))
        {
            foreach (var output in top.Input.Outputs)
            {
                if (realised(top.Derivation, output) is not { } path)
                {
                    return null;
                }

                sources.Add(path);
                rewrites[PlaceholderOf(top.Derivation, top.Parent, output).ToString()] = path.ToString();
            }

            foreach (var (output, needed) in top.Input.DynamicOutputs)
            {
                if (realised(top.Derivation, output) is not { } derivation)
                {
                    return null;
                }

                open.Push((derivation, PlaceholderOf(top.Derivation, top.Parent, output), needed));
            }
        }

        return Rewrite(rewrites) is var resolved && Outputs.Values.Any(static output => output is DerivationOutput.Deferred)
            ? DerivationOutputs.Fill(Without(resolved), new DerivationHashes())
            : Without(resolved);

        Derivation Without(Derivation rewritten) => rewritten with
        {
            InputDerivations = new Dictionary<StorePath, DerivationInput>(),
            InputSources = [.. sources.Order()],
        };
    }

    /// <summary>The derivation with strings in its builder, arguments and environment replaced by others.</summary>
    public Derivation Rewrite(IReadOnlyDictionary<string, string> rewrites)
    {
        ArgumentNullException.ThrowIfNull(rewrites);
        if (rewrites.Count == 0)
        {
            return this;
        }

        var environment = new Dictionary<string, string>();
        foreach (var (name, value) in Environment)
        {
            environment[Replace(name)] = Replace(value);
        }

        return this with
        {
            Builder = Replace(Builder),
            Arguments = [.. Arguments.Select(Replace)],
            Environment = environment,
        };

        string Replace(string text) =>
            rewrites.Aggregate(text, static (current, pair) => current.Replace(pair.Key, pair.Value, StringComparison.Ordinal));
    }

    private static Placeholder PlaceholderOf(StorePath derivation, Placeholder? parent, string output) =>
        parent is { } known ? Placeholder.ForDynamic(known, output) : Placeholder.ForUpstream(derivation, output);
}
