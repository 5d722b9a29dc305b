{
  description = "An image that Nix builds as a tarball, as dockerTools does, without nixpkgs: a static busybox is all.";

  # Debian and Ubuntu: apt-get install busybox-static. Builds in a sandbox see it with the setting
  # extra-sandbox-paths = /bin/busybox
  outputs = { self }:
    let
      systems = {
        x86_64-linux = "amd64";
        aarch64-linux = "arm64";
      };

      image = system: derivation {
        inherit system;
        name = "docker-image-hello-dev.tar.gz";
        builder = "/bin/busybox";
        architecture = systems.${system};
        args = [
          "sh"
          "-euc"
          ''
            busybox=$0
            digest() { $busybox sha256sum $1 | $busybox cut -d ' ' -f 1; }
            $busybox mkdir -p root/bin image
            $busybox cp $busybox root/bin/sh
            $busybox touch -d @1 root/bin/sh root/bin root
            $busybox tar -c -C root -f image/layer.tar bin
            diff=$(digest image/layer.tar)
            echo "{\"architecture\":\"$architecture\",\"os\":\"linux\",\"config\":{\"Entrypoint\":[\"/bin/sh\",\"-c\",\"echo hello\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:$diff\"]}}" > image/config.json
            echo "[{\"Config\":\"config.json\",\"RepoTags\":[\"hello-dev:dev\"],\"Layers\":[\"layer.tar\"]}]" > image/manifest.json
            $busybox tar -c -C image . | $busybox gzip > $out
          ''
          "/bin/busybox"
        ];
      };
    in
    {
      packages = builtins.mapAttrs (system: _: { image-dev = image system; }) systems;
    };
}
