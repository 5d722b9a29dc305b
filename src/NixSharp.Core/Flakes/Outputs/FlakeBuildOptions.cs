using NixSharp.Stores;

namespace NixSharp.Flakes.Outputs;

/// <summary>How many outputs of a flake are built.</summary>
public sealed record FlakeBuildOptions
{
    /// <summary>How many builds are handed to Nix at a time. Default: two, or as many as there are processors, up to four.</summary>
    public int Jobs { get; init; } = Math.Clamp(Environment.ProcessorCount, 2, 4);

    /// <summary>Goes on with the others after a failure. Default true.</summary>
    public bool KeepGoing { get; init; } = true;

    /// <summary>The URIs of stores; what is whole in one of them is not built.</summary>
    public IReadOnlyList<string> Caches { get; init; } = [];

    /// <summary>
    /// The URI of a store that results are copied to, with all that they need, while others are still being built; null for
    /// none.
    /// </summary>
    public string? UploadTo { get; init; }

    /// <summary>How those stores are opened.</summary>
    public StoreOptions? StoreOptions { get; init; }

    /// <summary>The store that Nix builds in; needed for <see cref="UploadTo"/>.</summary>
    public INixStore? Store { get; init; }

    /// <summary>Told of each result as it comes.</summary>
    public IProgress<FlakeBuildResult>? Progress { get; init; }
}
