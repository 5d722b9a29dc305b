var app = WebApplication.CreateSlimBuilder(args).Build();
app.MapGet("/", () => "Hello from a Nix store.\n");
app.Run();
