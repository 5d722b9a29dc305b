namespace NixSharp.Flakes.Expressions;

/// <summary>A list.</summary>
/// <param name="Items">What is in it.</param>
public sealed record NixList(params IReadOnlyList<NixExpression> Items) : NixExpression
{
    internal override NixBinding Binding => NixBinding.Atom;
}
