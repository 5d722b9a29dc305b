{
  description = "A web server for Kubernetes, whose manifest is an output of this flake.";

  outputs = { self }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];

      # What Argo CD gives as values; a file that Git does not know is not there for Nix.
      values = { replicas = 1; message = "Hello from a flake."; }
        // (if builtins.pathExists ./values.json then builtins.fromJSON (builtins.readFile ./values.json) else { });

      labels = { app = "hello"; };

      objects = [
        {
          apiVersion = "v1";
          kind = "ConfigMap";
          metadata = { name = "hello"; inherit labels; };
          data = { "index.html" = values.message; };
        }
        {
          apiVersion = "apps/v1";
          kind = "Deployment";
          metadata = { name = "hello"; inherit labels; };
          spec = {
            inherit (values) replicas;
            selector.matchLabels = labels;
            template = {
              metadata = { inherit labels; };
              spec = {
                containers = [{
                  name = "web";
                  image = "docker.io/library/nginx:1.27";
                  ports = [{ containerPort = 80; }];
                  volumeMounts = [{ name = "site"; mountPath = "/usr/share/nginx/html"; }];
                }];
                volumes = [{ name = "site"; configMap.name = "hello"; }];
              };
            };
          };
        }
      ];

      # Without nixpkgs: the shell prints what evaluation made.
      write = system: name: text: derivation {
        inherit system name text;
        builder = "/bin/sh";
        args = [ "-c" ''printf '%s\n' "$text" > "$out"'' ];
      };

      each = make: builtins.listToAttrs (map (system: { name = system; value = make system; }) systems);
    in
    {
      packages = each (system: {
        kubernetesConfiguration = write system "manifest.json"
          (builtins.toJSON { apiVersion = "v1"; kind = "List"; items = objects; });
      });
    };
}
