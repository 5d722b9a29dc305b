using NixSharp.Flakes.References;

namespace NixSharp.Flakes.Expressions;

/// <summary>An input of a flake that is written.</summary>
public sealed record FlakeInput
{
    /// <summary>Where it is; null where it follows another input as a whole.</summary>
    public FlakeReference? Reference { get; init; }

    /// <summary>The input that it is, as names with slashes between them; null where it has a reference of its own.</summary>
    public string? Follows { get; init; }

    /// <summary>Whether it is a flake, and not just files. Default true.</summary>
    public bool IsFlake { get; init; } = true;

    /// <summary>Inputs of the input that follow one of the flake's own: name, and what it follows.</summary>
    public IReadOnlyDictionary<string, string> InputFollows { get; init; } = new Dictionary<string, string>();

    /// <summary>An input with a reference.</summary>
    public static FlakeInput From(string reference) => new() { Reference = FlakeReference.Parse(reference) };

    internal NixSet ToExpression()
    {
        var members = new List<NixMember>();
        if (Reference is { } reference)
        {
            // A URL is easier to read; attributes that have no place in one stay attributes.
            members.AddRange(FlakeReference.TryParse(reference.ToString(), out var read) && read == reference
                ? [new NixAttribute("url", reference.ToString())]
                : reference.ToJson().Properties().Select(static property => new NixAttribute(property.Name, NixExpression.FromJson(property.Value))));
        }

        if (Follows is { } follows)
        {
            members.Add(new NixAttribute("follows", follows));
        }

        if (!IsFlake)
        {
            members.Add(new NixAttribute("flake", false));
        }

        members.AddRange(InputFollows.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => new NixAttribute(["inputs", pair.Key, "follows"], pair.Value)));
        return new NixSet(members);
    }
}
