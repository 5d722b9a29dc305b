namespace NixSharp.Flakes.Expressions;

/// <summary>An attribute that a function takes.</summary>
public sealed record NixParameter
{
    /// <summary>Names the attribute.</summary>
    /// <exception cref="FlakeException">The language has no such name.</exception>
    public NixParameter(string name, NixExpression? @default = null) => (Name, Default) = (NixNames.CheckVariable(name), @default);

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The value where the caller gives none; null where he has to.</summary>
    public NixExpression? Default { get; }

    /// <summary>A parameter without default.</summary>
    public static implicit operator NixParameter(string name) => FromName(name);

    /// <summary>A parameter without default.</summary>
    public static NixParameter FromName(string name) => new(name);
}
