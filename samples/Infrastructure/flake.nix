{
  description = "Hosts that are deployed with Cachix";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    home-manager = {
      url = "github:nix-community/home-manager/release-26.05";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    sops-nix = {
      url = "github:Mic92/sops-nix";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs = { self, nixpkgs, home-manager, sops-nix }:
    let
      system = "x86_64-linux";
      pkgs = nixpkgs.legacyPackages.${system};
      host = module: nixpkgs.lib.nixosSystem {
        inherit system;
        modules = [ home-manager.nixosModules.home-manager sops-nix.nixosModules.sops module ];
      };
    in
    {
      nixosConfigurations.web = host ./hosts/web.nix;
      nixosConfigurations.db = host ./hosts/db.nix;

      devShells.${system}.default = pkgs.mkShell { packages = [ pkgs.sops pkgs.age pkgs.cachix ]; };
    };
}
