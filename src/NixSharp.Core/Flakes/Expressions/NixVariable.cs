namespace NixSharp.Flakes.Expressions;

/// <summary>A name that stands for something: <c>nixpkgs</c>, <c>builtins</c>, <c>true</c>.</summary>
public sealed record NixVariable : NixExpression
{
    /// <summary>Names something.</summary>
    /// <exception cref="FlakeException">The language has no such name.</exception>
    public NixVariable(string name) => Name = NixNames.CheckVariable(name);

    /// <summary>The name.</summary>
    public string Name { get; }

    internal override NixBinding Binding => NixBinding.Atom;

    /// <summary>Takes an attribute out of it: <c>nixpkgs.lib</c>.</summary>
    public NixSelection this[params IReadOnlyList<NixExpression> path] => new(this, path);
}
