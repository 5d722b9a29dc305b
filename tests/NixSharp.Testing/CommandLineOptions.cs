namespace NixSharp.Testing;

/// <summary>How <see cref="CommandLine"/> runs a program.</summary>
public sealed record CommandLineOptions
{
    public string? WorkingFolder { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
