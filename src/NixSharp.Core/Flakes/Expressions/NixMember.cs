namespace NixSharp.Flakes.Expressions;

/// <summary>A line of an attribute set or of <c>let</c>: an attribute, or names that are taken over.</summary>
public abstract record NixMember
{
    private protected NixMember()
    {
    }

    /// <summary>A comment to write above it, without the <c>#</c>; null for none.</summary>
    public string? Comment { get; init; }
}
