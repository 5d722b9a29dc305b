namespace NixSharp.Cake;

/// <summary>What all aliases take.</summary>
public record NixSettings
{
    /// <summary>The store, as a Nix store URI. Default <c>auto</c>.</summary>
    public string Store { get; init; } = "auto";
}
