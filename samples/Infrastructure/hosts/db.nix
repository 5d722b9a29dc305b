{
  networking.hostName = "db";
  services.postgresql.enable = true;
  system.stateVersion = "26.05";
}
