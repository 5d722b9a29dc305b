using System.Text;
using NixSharp.Files;

namespace NixSharp.Flakes.Expressions;

/// <summary>A <c>flake.nix</c> that is written from C#.</summary>
public sealed record FlakeFile
{
    /// <summary>What the flake is for, in a line; null for nothing.</summary>
    public string? Description { get; init; }

    /// <summary>A comment at the top of the file, without the <c>#</c>; null for none.</summary>
    public string? Comment { get; init; }

    /// <summary>The inputs by name; they are written in byte order.</summary>
    public IReadOnlyDictionary<string, FlakeInput> Inputs { get; init; } = new Dictionary<string, FlakeInput>();

    /// <summary>What it gives: the body of the function of <c>self</c>, the inputs and <c>...</c>.</summary>
    public required NixExpression Outputs { get; init; }

    /// <summary>Settings of Nix that the flake asks for, such as <c>extra-substituters</c>.</summary>
    public IReadOnlyDictionary<string, NixExpression> NixConfig { get; init; } = new Dictionary<string, NixExpression>();

    /// <summary>Writes the file.</summary>
    /// <exception cref="FlakeException">A part cannot be written in Nix.</exception>
    /// <exception cref="NixFileException">The file cannot be written; what was there is still there.</exception>
    public Task WriteAsync(string path, CancellationToken cancellationToken = default) =>
        AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(ToString()), cancellationToken);

    /// <summary>The text of the file.</summary>
    /// <exception cref="FlakeException">A part cannot be written in Nix.</exception>
    public override string ToString()
    {
        var members = new List<NixMember>();
        if (Description is { } description)
        {
            members.Add(new NixAttribute("description", description));
        }

        if (Inputs.Count > 0)
        {
            members.Add(new NixAttribute("inputs", new NixSet([.. Ordered(Inputs).SelectMany(static pair => WriteInput(pair.Key, pair.Value))])));
        }

        if (NixConfig.Count > 0)
        {
            members.Add(new NixAttribute("nixConfig", new NixSet([.. Ordered(NixConfig).Select(static pair => new NixAttribute(pair.Key, pair.Value))])));
        }

        // Only what is a name can be a parameter; any other input is reached by way of the whole set.
        var parameters = Inputs.Keys.Where(static name => name != "self" && NixNames.IsPlain(name)).Order(StringComparer.Ordinal).Prepend("self").Select(NixParameter.FromName);
        members.Add(new NixAttribute("outputs", new NixFunction([.. parameters], Outputs) { TakesMore = true, Name = "inputs" }));
        var comment = Comment is null ? "" : string.Concat(Comment.ReplaceLineEndings("\n").Split('\n').Select(static line => $"# {line}".TrimEnd() + "\n"));
        return $"{comment}{{\n{NixFormatter.WriteMembers(members, "  ", 0)}}}\n";
    }

    private static IEnumerable<NixMember> WriteInput(string name, FlakeInput input)
    {
        var set = input.ToExpression();
        return set.Members is [NixAttribute { Path: [NixString path] } only] ? [new NixAttribute([name, path], only.Value)] : [new NixAttribute(name, set)];
    }

    private static IOrderedEnumerable<KeyValuePair<string, T>> Ordered<T>(IReadOnlyDictionary<string, T> values) => values.OrderBy(static pair => pair.Key, StringComparer.Ordinal);
}
