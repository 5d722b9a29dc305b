using NixSharp.StorePaths;

namespace NixSharp.Flakes.Outputs;

/// <summary>What became of an output of a flake.</summary>
public sealed record FlakeBuildResult
{
    /// <summary>The attribute in the flake.</summary>
    public required string Attribute { get; init; }

    /// <summary>What became of it.</summary>
    public required FlakeBuildStatus Status { get; init; }

    /// <summary>The system; null where it could not be evaluated.</summary>
    public string? System { get; init; }

    /// <summary>The derivation; null where it could not be evaluated.</summary>
    public StorePath? DerivationPath { get; init; }

    /// <summary>The store paths of its outputs, by name; empty where it was not built.</summary>
    public IReadOnlyDictionary<string, StorePath> Outputs { get; init; } = new Dictionary<string, StorePath>();

    /// <summary>How long the build took; the upload is not in it.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Why it failed.</summary>
    public NixException? Error { get; init; }

    /// <summary>Whether it is there as it should be.</summary>
    public bool IsGood => Status is FlakeBuildStatus.Built or FlakeBuildStatus.Cached;
}
