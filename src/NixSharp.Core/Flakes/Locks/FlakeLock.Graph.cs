using NixSharp.Flakes.References;

namespace NixSharp.Flakes.Locks;

public sealed partial class FlakeLock
{
    /// <summary>The node that an input of a node leads to, by way of all that it follows.</summary>
    /// <exception cref="FlakeException">There is no such node, or it has no such input.</exception>
    public string Resolve(string node, string input)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(input);
        return _graph.Find(node, input) ?? throw Unknown($"{node}/{input}");
    }

    /// <summary>The node at the end of a path of inputs from the root.</summary>
    /// <exception cref="FlakeException">There is no such input.</exception>
    public string Resolve(params IReadOnlyList<string> path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Aggregate(Root, (node, input) => _graph.Find(node, input) ?? throw Unknown(string.Join('/', path)));
    }

    /// <summary>
    /// Every input in the file once, under the path of inputs that leads to it first, as Nix names it; those that follow
    /// another one included.
    /// </summary>
    public IReadOnlyDictionary<string, FlakeLockInput> ListInputs() => _graph.List();

    /// <summary>The inputs that lead to each node, as paths from the root.</summary>
    public ILookup<string, string> ListPaths() =>
        ListInputs().Where(static pair => pair.Value.Node is not null).ToLookup(static pair => pair.Value.Node!, static pair => pair.Key);

    /// <summary>The inputs whose source last changed before <paramref name="limit"/>, oldest first, by path.</summary>
    public IReadOnlyList<(string Path, FlakeReference Locked)> FindOlder(DateTimeOffset limit) =>
    [
        .. ListInputs()
            .Where(static pair => pair.Value.Node is not null)
            .Select(pair => (Path: pair.Key, Locked: Nodes[pair.Value.Node!].Locked!))
            .Where(input => input.Locked.LastModified < limit)
            .OrderBy(static input => input.Locked.LastModified)
            .ThenBy(static input => input.Path, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Sources that are locked more than once, each with the inputs that lead to its copies: what <c>follows</c> would save.
    /// Branch, commit and folder do not count, only what is fetched from where.
    /// </summary>
    public IReadOnlyList<(string Source, IReadOnlyList<string> Paths)> FindDuplicates() =>
    [
        .. ListInputs()
            .Where(static pair => pair.Value.Node is not null)
            .DistinctBy(static pair => pair.Value.Node)
            .GroupBy(pair => SourceOf(Nodes[pair.Value.Node!].Locked!), static pair => pair.Key)
            .Where(static group => group.Count() > 1)
            .Select(static group => (group.Key, (IReadOnlyList<string>)[.. group])),
    ];

    private static string SourceOf(FlakeReference locked)
    {
        var source = new FlakeReference(
            locked.Type,
            locked.Attributes
                .Where(static pair => pair.Key is "id" or "owner" or "repo" or "host" or "url" or "path")
                .Select(static pair => (pair.Key, pair.Key is "owner" or "repo" ? (FlakeValue)pair.Value.ToString().ToLowerInvariant() : pair.Value)));
        return source.ToString();
    }

    private static FlakeException Unknown(string path) => new(
        NixErrorCodes.UnknownFlakeInput,
        $"The lock file has no input '{path}'. 'nixsharp flake lock show' lists what it has.");
}
