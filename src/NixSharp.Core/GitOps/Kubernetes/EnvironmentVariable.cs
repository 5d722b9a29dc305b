namespace NixSharp.GitOps.Kubernetes;

/// <summary>A variable of a container.</summary>
public sealed record EnvironmentVariable
{
    /// <summary>The variable's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its value; <c>$(NAME)</c> stands for another variable.</summary>
    public string? Value { get; init; }

    /// <summary>Where its value comes from, in place of <see cref="Value"/>.</summary>
    public VariableSource? ValueFrom { get; init; }
}
