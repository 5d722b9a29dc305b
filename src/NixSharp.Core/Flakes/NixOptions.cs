using NixSharp.Flakes.Logs;
using NixSharp.StorePaths;

namespace NixSharp.Flakes;

/// <summary>How <see cref="NixClient"/> runs <c>nix</c>.</summary>
public sealed record NixOptions
{
    /// <summary>The program: a name on PATH, or a path.</summary>
    public string Program { get; init; } = "nix";

    /// <summary>The store to work in, as a store URI or the folder of a chroot store; null leaves the choice to Nix.</summary>
    public string? Store { get; init; }

    /// <summary>The logical store directory of <see cref="Store"/>. Default <c>/nix/store</c>.</summary>
    public StoreDirectory StoreDirectory { get; init; } = StoreDirectory.Default;

    /// <summary>Features to switch on, on top of what Nix's configuration says. Default: those that flakes need.</summary>
    public IReadOnlyList<string> ExtraExperimentalFeatures { get; init; } = ["nix-command", "flakes"];

    /// <summary>Lets evaluation see environment variables, the time, and files outside the flake.</summary>
    public bool Impure { get; init; }

    /// <summary>Asks for the way on which a failing evaluation came to its error: <see cref="NixDiagnostic.Trace"/>. It can be long.</summary>
    public bool ShowTrace { get; init; }

    /// <summary>Inputs of the flake to take from elsewhere: the input's name, and a flake reference.</summary>
    public IReadOnlyDictionary<string, string> OverrideInputs { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings on top of Nix's configuration, such as <c>substituters</c>, passed in <c>NIX_CONFIG</c>.</summary>
    public IReadOnlyDictionary<string, string> Config { get; init; } = new Dictionary<string, string>();

    /// <summary>Tokens for forges, by host, such as those that <see cref="NixAccessTokens"/> finds. They are passed in <c>NIX_CONFIG</c>, and blacked out in all that is logged.</summary>
    public IReadOnlyDictionary<string, string> AccessTokens { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Hosts of forges whose tokens <see cref="NixAccessTokens"/> looks for before the first run, where
    /// <see cref="AccessTokens"/> has none; none by default.
    /// </summary>
    public IReadOnlyList<string> FindTokensFor { get; init; } = [];

    /// <summary>How often a command is run where Nix could not download for a reason that may pass. Default 3.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>How long to wait before the second time; each further time takes twice as long. Default 5 seconds.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>More arguments, put before the installables: <c>--expr</c> and <c>--file</c> are possible.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>Where <c>nix</c> runs, and what relative flake references are relative to; null is where this process does.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Environment variables of <c>nix</c> on top of this process's own; null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Kept up to date with what Nix is doing; null where nobody looks.</summary>
    public NixActivities? Activities { get; init; }

    /// <summary>Gets each line that Nix and the builds print, as on a terminal without colours.</summary>
    public IProgress<string>? Log { get; init; }
}
