namespace NixSharp.Flakes.Expressions;

/// <summary>An attribute of a set: <c>nixpkgs.legacyPackages.${system}</c>.</summary>
/// <param name="Set">The set.</param>
/// <param name="Path">The names; what is no text is computed.</param>
public sealed record NixSelection(NixExpression Set, IReadOnlyList<NixExpression> Path) : NixExpression
{
    /// <summary>What to take where there is no such attribute; null to fail then.</summary>
    public NixExpression? Default { get; init; }

    internal override NixBinding Binding => NixBinding.Selection;

    /// <summary>Takes an attribute out of it.</summary>
    public NixSelection this[params IReadOnlyList<NixExpression> path] => Default is null ? new NixSelection(Set, [.. Path, .. path]) : new NixSelection(this, path);
}
