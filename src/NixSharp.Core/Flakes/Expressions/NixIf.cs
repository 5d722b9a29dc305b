namespace NixSharp.Flakes.Expressions;

/// <summary>One expression or another: <c>if a then b else c</c>.</summary>
/// <param name="Condition">What decides.</param>
/// <param name="Then">What it is if that is true.</param>
/// <param name="Else">What it is otherwise.</param>
public sealed record NixIf(NixExpression Condition, NixExpression Then, NixExpression Else) : NixExpression
{
    internal override NixBinding Binding => NixBinding.Open;
}
