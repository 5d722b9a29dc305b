namespace NixSharp.Flakes.Outputs;

/// <summary>Which outputs of a flake are meant.</summary>
public sealed record FlakeOutputsOptions
{
    /// <summary>The defaults: packages and checks of this machine's system and all others.</summary>
    public static FlakeOutputsOptions Default { get; } = new();

    /// <summary>The attributes of the flake that hold derivations by system; those that it lacks are passed over.</summary>
    public IReadOnlyList<string> Sections { get; init; } = ["packages", "checks"];

    /// <summary>The systems; none means all that the flake has.</summary>
    public IReadOnlyList<string> Systems { get; init; } = [];

    /// <summary>How many evaluations run at a time where one output after the other has to be evaluated.</summary>
    public int Jobs { get; init; } = Math.Min(Environment.ProcessorCount, 4);
}
