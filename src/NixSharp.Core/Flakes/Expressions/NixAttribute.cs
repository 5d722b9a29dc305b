using System.Diagnostics.CodeAnalysis;

namespace NixSharp.Flakes.Expressions;

/// <summary>An attribute: <c>name = value;</c>, or with a path <c>a.b.c = value;</c>.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "This is what Nix calls it.")]
public sealed record NixAttribute : NixMember
{
    /// <summary>An attribute; its name may be any text.</summary>
    public NixAttribute(string name, NixExpression value)
        : this([name], value)
    {
    }

    /// <summary>An attribute of attributes. A text is a name, any other expression is computed: <c>${system}</c>.</summary>
    public NixAttribute(IReadOnlyList<NixExpression> path, NixExpression value)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentOutOfRangeException.ThrowIfZero(path.Count);
        (Path, Value) = (path, value);
    }

    /// <summary>The names on the way to the value.</summary>
    public IReadOnlyList<NixExpression> Path { get; }

    /// <summary>The value.</summary>
    public NixExpression Value { get; }
}
