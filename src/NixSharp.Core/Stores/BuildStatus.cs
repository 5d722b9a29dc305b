namespace NixSharp.Stores;

/// <summary>How a build ended. The numbers are those of Nix's worker protocol.</summary>
public enum BuildStatus
{
    /// <summary>It was built.</summary>
    Built = 0,

    /// <summary>Its outputs came from another store.</summary>
    Substituted = 1,

    /// <summary>Its outputs were there already.</summary>
    AlreadyValid = 2,

    /// <summary>The builder failed.</summary>
    PermanentFailure = 3,

    /// <summary>The derivation was refused.</summary>
    InputRejected = 4,

    /// <summary>An output was refused.</summary>
    OutputRejected = 5,

    /// <summary>It failed for a reason that may pass.</summary>
    TransientFailure = 6,

    /// <summary>It failed before, and that was remembered.</summary>
    CachedFailure = 7,

    /// <summary>It took too long, or was silent for too long.</summary>
    TimedOut = 8,

    /// <summary>It failed for another reason.</summary>
    MiscFailure = 9,

    /// <summary>Something that it needs failed.</summary>
    DependencyFailed = 10,

    /// <summary>It printed too much.</summary>
    LogLimitExceeded = 11,

    /// <summary>Built again, it came out different.</summary>
    NotDeterministic = 12,

    /// <summary>With its inputs resolved, its outputs were there already.</summary>
    ResolvesToAlreadyValid = 13,

    /// <summary>It is no derivation, and no other store has it.</summary>
    NoSubstituters = 14,

    /// <summary>A fixed output has another hash than it should.</summary>
    HashMismatch = 15,

    /// <summary>It was stopped.</summary>
    Cancelled = 16,
}
