namespace NixSharp.Flakes.Expressions;

/// <summary>An expression that sees a set's attributes as names: <c>with pkgs; [ git ]</c>.</summary>
/// <param name="Set">The set.</param>
/// <param name="Body">The expression.</param>
public sealed record NixWith(NixExpression Set, NixExpression Body) : NixExpression
{
    internal override NixBinding Binding => NixBinding.Open;
}
