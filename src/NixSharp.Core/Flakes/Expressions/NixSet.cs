namespace NixSharp.Flakes.Expressions;

/// <summary>An attribute set.</summary>
/// <param name="Members">What is in it, in the order in which it is written.</param>
public sealed record NixSet(params IReadOnlyList<NixMember> Members) : NixExpression
{
    /// <summary>Whether the attributes see each other: <c>rec { }</c>.</summary>
    public bool IsRecursive { get; init; }

    internal override NixBinding Binding => NixBinding.Atom;
}
