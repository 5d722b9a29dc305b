using NixSharp.Flakes.Outputs;

namespace NixSharp.Cake;

/// <summary>How many outputs of a flake are built.</summary>
public sealed record NixFlakeBuildSettings : NixSettings
{
    /// <summary>How <c>nix</c> is run; its store is not looked at.</summary>
    public NixFlakeSettings Nix { get; init; } = new();

    /// <summary>Which outputs are meant. Default: packages and checks of all systems.</summary>
    public FlakeOutputsOptions Outputs { get; init; } = FlakeOutputsOptions.Default;

    /// <summary>How many builds are handed to Nix at a time.</summary>
    public int Jobs { get; init; } = new FlakeBuildOptions().Jobs;

    /// <summary>Goes on with the others after a failure.</summary>
    public bool KeepGoing { get; init; } = true;

    /// <summary>The URIs of stores: what is whole in one of them is not built.</summary>
    public IReadOnlyList<string> Caches { get; init; } = [];

    /// <summary>The URI of a store that results are copied to while others are being built; null for none.</summary>
    public string? UploadTo { get; init; }
}
