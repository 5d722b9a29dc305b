namespace NixSharp.Flakes.Expressions;

/// <summary>Names that are taken over from around, or out of a set: <c>inherit (nixpkgs) lib;</c>.</summary>
/// <param name="Names">The names.</param>
public sealed record NixInherit(params IReadOnlyList<string> Names) : NixMember
{
    /// <summary>The set that they come out of; null for what is around.</summary>
    public NixExpression? From { get; init; }
}
