namespace NixSharp.Cake;

/// <summary>How <c>nix</c> evaluates and builds.</summary>
public sealed record NixFlakeSettings : NixSettings
{
    /// <summary>The program: a name on PATH, or a path.</summary>
    public string Program { get; init; } = "nix";

    /// <summary>A symlink to make to the result, which keeps it from being collected; null makes none.</summary>
    public string? OutLink { get; init; }

    /// <summary>Lets evaluation see environment variables, the time, and files outside the flake.</summary>
    public bool Impure { get; init; }

    /// <summary>Asks for the whole way to where an evaluation failed.</summary>
    public bool ShowTrace { get; init; }

    /// <summary>Inputs of the flake to take from elsewhere: the input's name, and a flake reference.</summary>
    public IReadOnlyDictionary<string, string> OverrideInputs { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings on top of Nix's configuration, such as <c>substituters</c>.</summary>
    public IReadOnlyDictionary<string, string> Config { get; init; } = new Dictionary<string, string>();

    /// <summary>Hosts for which this user's token is looked for (environment, netrc, gh), so that fetching is not limited.</summary>
    public IReadOnlyList<string> FindTokensFor { get; init; } = [];

    /// <summary>More arguments for <c>nix</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
