namespace NixSharp.GitOps.Nodes;

/// <summary>A machine that is made from an image, and then keeps itself up to date from the repository that the image was made from.</summary>
public sealed record NixosNode
{
    /// <summary>Its name: that of the image, of the configuration, and <c>nodeHostName</c> in its modules.</summary>
    public required string Name { get; init; }

    /// <summary>The system that it runs: <c>x86_64-linux</c>.</summary>
    public string System { get; init; } = "x86_64-linux";

    /// <summary>The format of its image, by the name that nixos-generators has for it.</summary>
    public string Format { get; init; } = "raw-efi";

    /// <summary>
    /// Its modules: files of the repository (<c>./web.nix</c>), and attributes of inputs (<c>sops-nix.nixosModules.sops</c>).
    /// </summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>Modules for its hardware, by their names in nixos-hardware: <c>raspberry-pi-4</c>.</summary>
    public IReadOnlyList<string> Hardware { get; init; } = [];

    /// <summary>The input that is its nixpkgs.</summary>
    public string Nixpkgs { get; init; } = "nixpkgs";

    /// <summary>How it keeps itself up to date; null takes what <see cref="NodeFlake.AutoUpgrade"/> says.</summary>
    public NodeAutoUpgrade? AutoUpgrade { get; init; }
}
