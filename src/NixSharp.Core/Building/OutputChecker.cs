using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>Checks what outputs refer to, and how large they are, against what the derivation demands.</summary>
internal sealed class OutputChecker(BuildInputs inputs, IReadOnlyList<BuiltOutput> outputs)
{
    private readonly Dictionary<StorePath, PathInfo> _built = outputs.Select(static output => output.Info).DistinctBy(static info => info.Path).ToDictionary(static info => info.Path);

    /// <exception cref="BuildFailure">An output is too large, or refers to what it must not refer to.</exception>
    public void Check()
    {
        foreach (var output in outputs)
        {
            Check(output.Name, output.Info, inputs.Options.ChecksOf(output.Name));
        }
    }

    private void Check(string name, PathInfo info, OutputChecks checks)
    {
        if (info.NarSize > checks.MaxSize)
        {
            throw BuildFailure.Output($"the output '{name}' has {info.NarSize} bytes, and its maxSize is {checks.MaxSize}.");
        }

        var requisites = new Lazy<IReadOnlyList<PathInfo>>(() => Reach(info));
        if (checks.MaxClosureSize is { } most && requisites.Value.Sum(static path => path.NarSize) is var size && size > most)
        {
            throw BuildFailure.Output($"the output '{name}' and all that it needs have {size} bytes, and its maxClosureSize is {most}.");
        }

        var reached = new Lazy<IReadOnlyList<StorePath>>(() =>
            [.. requisites.Value.Select(static path => path.Path).Where(path => !checks.IgnoreSelfReferences || path != info.Path)]);
        Compare("allowedReferences", checks.AllowedReferences, isAllowed: true, () => info.References);
        Compare("allowedRequisites", checks.AllowedRequisites, isAllowed: true, () => reached.Value);
        Compare("disallowedReferences", checks.DisallowedReferences, isAllowed: false, () => info.References);
        Compare("disallowedRequisites", checks.DisallowedRequisites, isAllowed: false, () => reached.Value);

        void Compare(string attribute, IReadOnlyList<OutputReference>? named, bool isAllowed, Func<IReadOnlyList<StorePath>> used)
        {
            if (named is null || (named.Count == 0 && !isAllowed))
            {
                return;
            }

            var paths = named.Select(reference => PathOf(attribute, reference)).ToHashSet();
            var bad = used().Where(path => paths.Contains(path) != isAllowed).Order().ToList();
            if (bad.Count > 0)
            {
                throw BuildFailure.Output($"the output '{name}' may not refer to these paths, by its {attribute}:\n  {string.Join("\n  ", bad)}");
            }
        }
    }

    private StorePath PathOf(string attribute, OutputReference reference) => reference switch
    {
        OutputReference.Path path => path.Value,
        OutputReference.Own own when outputs.FirstOrDefault(output => output.Name == own.Output) is { } output => output.Info.Path,
        _ => throw BuildFailure.Rejected($"its {attribute} names an output that is not known"),
    };

    /// <summary>Everything that a path refers to, directly or not, itself among it.</summary>
    private List<PathInfo> Reach(PathInfo root)
    {
        var seen = new HashSet<StorePath> { root.Path };
        var open = new Stack<PathInfo>([root]);
        var reached = new List<PathInfo>();
        while (open.TryPop(out var info))
        {
            reached.Add(info);
            foreach (var reference in info.References.Where(seen.Add))
            {
                open.Push(_built.TryGetValue(reference, out var own) ? own : inputs.Closure[reference]);
            }
        }

        return reached;
    }
}
