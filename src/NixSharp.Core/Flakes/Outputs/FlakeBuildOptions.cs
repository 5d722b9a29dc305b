using NixSharp.Stores;

namespace NixSharp.Flakes.Outputs;

/// <summary>How many outputs of a flake are built.</summary>
public sealed record FlakeBuildOptions
{
    /// <summary>How many builds are handed to Nix at a time. Default: two, or as many as there are processors, up to four.</summary>
    public int Jobs { get; init; } = Math.Clamp(Environment.ProcessorCount, 2, 4);

    /// <summary>Goes on with the others after a failure. Default true.</summary>
    public bool KeepGoing { get; init; } = true;

    /// <summary>What is whole in one of these stores is not built.</summary>
    public IReadOnlyList<INixStore> Caches { get; init; } = [];

    /// <summary>Where results are copied to, with all that they need, while others are still being built; null for nowhere.</summary>
    public INixStore? UploadTo { get; init; }

    /// <summary>The store that Nix builds in; needed for <see cref="UploadTo"/>.</summary>
    public INixStore? Store { get; init; }

    /// <summary>Told of each result as it comes.</summary>
    public IProgress<FlakeBuildResult>? Progress { get; init; }
}
