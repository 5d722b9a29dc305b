namespace NixSharp.Flakes.Expressions;

/// <summary>A function: <c>name: body</c>, or <c>{ self, nixpkgs, ... }@inputs: body</c>.</summary>
public sealed record NixFunction : NixExpression
{
    /// <summary>A function of one argument.</summary>
    /// <exception cref="FlakeException">The language has no such name.</exception>
    public NixFunction(string name, NixExpression body)
    {
        ArgumentNullException.ThrowIfNull(body);
        (Name, Body) = (NixNames.CheckVariable(name), body);
    }

    /// <summary>A function of a set that has these attributes.</summary>
    public NixFunction(IReadOnlyList<NixParameter> parameters, NixExpression body)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(body);
        (Parameters, Body) = (parameters, body);
    }

    /// <summary>The name of the argument, or of the whole set; null where the set has none.</summary>
    public string? Name { get; init; }

    /// <summary>The attributes; null where the argument is not taken apart.</summary>
    public IReadOnlyList<NixParameter>? Parameters { get; }

    /// <summary>Whether the set may have more attributes: <c>...</c>.</summary>
    public bool TakesMore { get; init; }

    /// <summary>What it gives.</summary>
    public NixExpression Body { get; }

    internal override NixBinding Binding => NixBinding.Open;
}
