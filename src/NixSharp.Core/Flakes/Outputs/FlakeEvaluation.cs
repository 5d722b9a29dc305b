namespace NixSharp.Flakes.Outputs;

/// <summary>The derivations of a flake, and what could not be evaluated.</summary>
public sealed record FlakeEvaluation
{
    /// <summary>The flake.</summary>
    public required string Flake { get; init; }

    /// <summary>The derivations, by attribute.</summary>
    public required IReadOnlyList<FlakeOutput> Outputs { get; init; }

    /// <summary>What could not be evaluated, by attribute.</summary>
    public required IReadOnlyList<FlakeOutputFailure> Failures { get; init; }
}
