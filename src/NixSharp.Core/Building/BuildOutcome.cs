using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>How the realising of one derivation, or one path, ended.</summary>
internal sealed record BuildOutcome(BuildStatus Status)
{
    private static readonly IReadOnlyDictionary<string, StorePath> NoOutputs = new Dictionary<string, StorePath>();

    public string Error { get; init; } = "";

    /// <summary>The paths of the outputs that were asked for.</summary>
    public IReadOnlyDictionary<string, StorePath> Outputs { get; init; } = NoOutputs;

    /// <summary>How those are named in realisations.</summary>
    public Func<string, DerivationOutputId>? IdOf { get; init; }

    public int TimesBuilt { get; init; }

    public DateTimeOffset Start { get; init; } = DateTimeOffset.UnixEpoch;

    public DateTimeOffset Stop { get; init; } = DateTimeOffset.UnixEpoch;

    public bool IsSuccess => Status is BuildStatus.Built or BuildStatus.Substituted or BuildStatus.AlreadyValid or BuildStatus.ResolvesToAlreadyValid;

    /// <summary>What this means for whoever needs it.</summary>
    public BuildOutcome AsDependency(string what) => Status == BuildStatus.Cancelled
        ? this
        : new BuildOutcome(BuildStatus.DependencyFailed) { Error = $"it needs {what}, which failed: {Error}" };

    public BuildResult ToResult(DerivedPath path) => new()
    {
        Path = path,
        Status = Status,
        ErrorMessage = Error,
        TimesBuilt = TimesBuilt,
        IsNonDeterministic = Status == BuildStatus.NotDeterministic,
        StartTime = Start,
        StopTime = Stop,
        BuiltOutputs = IdOf is null || !IsSuccess
            ? new Dictionary<string, Realisation>()
            : Outputs.ToDictionary(static output => output.Key, output => new Realisation { Id = IdOf(output.Key), OutputPath = output.Value }),
    };
}
