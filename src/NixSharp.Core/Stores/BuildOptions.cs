namespace NixSharp.Stores;

/// <summary>How derivations are built. Unset values are the store's own.</summary>
public sealed record BuildOptions
{
    /// <summary>The defaults.</summary>
    public static BuildOptions Default { get; } = new();

    /// <summary>Why it is built.</summary>
    public BuildMode Mode { get; init; }

    /// <summary>How many derivations are built at the same time: <c>max-jobs</c>.</summary>
    public int? MaxJobs { get; init; }

    /// <summary>What builders are told in <c>NIX_BUILD_CORES</c>; 0 means all: <c>cores</c>.</summary>
    public int? Cores { get; init; }

    /// <summary>Whether to go on with the rest when something fails: <c>keep-going</c>.</summary>
    public bool KeepGoing { get; init; }

    /// <summary>Whether to keep the build folder of what fails: <c>keep-failed</c>.</summary>
    public bool KeepFailed { get; init; }

    /// <summary>How long a builder may be silent: <c>max-silent-time</c>.</summary>
    public TimeSpan? MaxSilentTime { get; init; }

    /// <summary>How long a builder may take: <c>timeout</c>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether outputs may come from other stores: <c>substitute</c>.</summary>
    public bool UseSubstitutes { get; init; } = true;

    /// <summary>
    /// The stores that outputs may come from, the preferred one first; they stay open. Used by stores that build by
    /// themselves; a daemon has its own.
    /// </summary>
    public IReadOnlyList<INixStore> Substituters { get; init; } = [];

    /// <summary>How many of the last lines of a failed builder's log are in its result: <c>log-lines</c>.</summary>
    public int LogLines { get; init; } = 25;

    /// <summary>How many bytes a builder may print; null means any number: <c>max-build-log-size</c>.</summary>
    public long? MaxLogSize { get; init; }

    /// <summary>
    /// Files and folders of the machine that builders see, as Nix's <c>sandbox-paths</c> names them:
    /// <c>/bin/sh=/bin/busybox</c>, <c>/etc/ssl</c>, with a question mark at the end where it may be missing. A local
    /// store that builds by itself gives builders nothing else.
    /// </summary>
    public IReadOnlyList<string> SandboxPaths { get; init; } = [];

    /// <summary>What this machine offers to derivations that require it; null means Nix's own defaults: <c>system-features</c>.</summary>
    public IReadOnlyCollection<string>? SystemFeatures { get; init; }

    /// <summary>Systems besides its own that this machine runs programs of, by emulation: <c>extra-platforms</c>.</summary>
    public IReadOnlyCollection<string> ExtraPlatforms { get; init; } = [];

    /// <summary>Told each line of the log while it is printed. May be called by several threads.</summary>
    public Action<BuildLogLine>? Log { get; init; }

    /// <summary>Told how far the work is.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
