{
  networking.hostName = "web";
  services.nginx.enable = true;
  sops.defaultSopsFile = ../secrets/web.yaml;
  sops.age.sshKeyPaths = [ "/etc/ssh/ssh_host_ed25519_key" ];
  system.stateVersion = "26.05";
}
