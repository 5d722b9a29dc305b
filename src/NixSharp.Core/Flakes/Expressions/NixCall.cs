namespace NixSharp.Flakes.Expressions;

/// <summary>A function with its arguments: <c>import ./module.nix { inherit pkgs; }</c>.</summary>
/// <param name="Function">The function.</param>
/// <param name="Arguments">The arguments, one at least.</param>
public sealed record NixCall(NixExpression Function, params IReadOnlyList<NixExpression> Arguments) : NixExpression
{
    internal override NixBinding Binding => NixBinding.Call;
}
