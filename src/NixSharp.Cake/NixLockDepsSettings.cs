namespace NixSharp.Cake;

/// <summary>What a <c>deps.json</c> is made of.</summary>
public sealed record NixLockDepsSettings
{
    /// <summary>The lock file. Default: <c>deps.json</c> in the script's folder.</summary>
    public string File { get; init; } = "deps.json";

    /// <summary>Packages to leave out: <c>NAME</c>, <c>NAME/VERSION</c> or <c>NAME.VERSION.nupkg</c>, with <c>*</c> for anything.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Sources that only mirror the public gallery.</summary>
    public IReadOnlyList<string> Mirrors { get; init; } = [];

    /// <summary>Where sources keep their packages, by the source's index, if they cannot be asked.</summary>
    public IReadOnlyDictionary<string, string> SourceAddresses { get; init; } = new Dictionary<string, string>();

    /// <summary>Takes in the tools of <c>dotnet-tools.json</c> and the SDKs of <c>global.json</c>.</summary>
    public bool IncludeTools { get; init; } = true;
}
