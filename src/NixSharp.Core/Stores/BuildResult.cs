using NixSharp.Derivations;

namespace NixSharp.Stores;

/// <summary>How the building of one derived path ended.</summary>
public sealed partial record BuildResult
{
    /// <summary>What was asked for.</summary>
    public required DerivedPath Path { get; init; }

    /// <summary>How it ended.</summary>
    public required BuildStatus Status { get; init; }

    /// <summary>Why it failed; empty where it did not.</summary>
    public string ErrorMessage { get; init; } = "";

    /// <summary>How often the builder ran.</summary>
    public int TimesBuilt { get; init; }

    /// <summary>Whether building it again gave something else.</summary>
    public bool IsNonDeterministic { get; init; }

    /// <summary>When the builder started; the epoch where it did not.</summary>
    public DateTimeOffset StartTime { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>When the builder stopped; the epoch where it did not start.</summary>
    public DateTimeOffset StopTime { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>The processor time that the builder took in user mode, where that is known.</summary>
    public TimeSpan? CpuUser { get; init; }

    /// <summary>The processor time that the builder took in the kernel, where that is known.</summary>
    public TimeSpan? CpuSystem { get; init; }

    /// <summary>The outputs, by name.</summary>
    public IReadOnlyDictionary<string, Realisation> BuiltOutputs { get; init; } = new Dictionary<string, Realisation>();

    /// <summary>Whether the outputs are there.</summary>
    public bool IsSuccess => Status is BuildStatus.Built or BuildStatus.Substituted or BuildStatus.AlreadyValid or BuildStatus.ResolvesToAlreadyValid;
}
