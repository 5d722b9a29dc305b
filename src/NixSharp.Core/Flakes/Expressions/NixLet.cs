namespace NixSharp.Flakes.Expressions;

/// <summary>Names for use in an expression: <c>let a = 1; in a</c>.</summary>
/// <param name="Members">The names and their values.</param>
/// <param name="Body">The expression.</param>
public sealed record NixLet(IReadOnlyList<NixMember> Members, NixExpression Body) : NixExpression
{
    internal override NixBinding Binding => NixBinding.Open;
}
