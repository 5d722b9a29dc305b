{
  description = "A program whose closure needs no nixpkgs: a static busybox builds it, and runs it.";

  # Debian and Ubuntu: apt-get install busybox-static. Builds in a sandbox, which those in a chroot store always are,
  # see it with: --option extra-sandbox-paths /bin/busybox
  outputs = { self }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];

      packagesFor = system:
        let
          builder = "/bin/busybox";

          run = name: script: derivation {
            inherit name system builder;
            args = [ "sh" "-euc" script ];
          };

          shell = run "busybox" ''
            ${builder} mkdir -p $out/bin
            ${builder} cp ${builder} $out/bin/busybox
            ${builder} ln -s busybox $out/bin/sh
            ${builder} ln -s busybox $out/bin/cat
          '';

          greeting = builtins.toFile "greeting.txt" "Hello from a closure of three store paths.\n";

          hello = run "hello-1.0" ''
            ${builder} mkdir -p $out/bin
            ${builder} printf '#!%s/bin/sh\nexec %s/bin/cat %s\n' ${shell} ${shell} ${greeting} > $out/bin/hello
            ${builder} chmod +x $out/bin/hello
          '';
        in
        {
          inherit hello;
          busybox = shell;
          default = hello;
        };
    in
    {
      packages = builtins.listToAttrs (map (system: { name = system; value = packagesFor system; }) systems);
    };
}
