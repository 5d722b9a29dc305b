using System.Globalization;
using Newtonsoft.Json.Linq;
using NixSharp.Flakes.Locks;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Flakes;

public sealed class RealFlakeLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_lock_that_nix_wrote_is_read_printed_checked_and_taken_back(NixRelease nix)
    {
        await WriteFlakesAsync();
        await LockAsync(nix);
        var text = File.ReadAllText(_folder["app/flake.lock"]);
        var @lock = FlakeLock.Parse(text);

        Assert.Equal(text, @lock.ToString());
        Assert.Equal(@lock.Resolve(["lib"]), @lock.Resolve(["tools", "lib"]));
        await @lock.VerifyAsync("lib", _folder["lib"]);
        await @lock.VerifyAsync("data", _folder["data"]);

        // Nix names what it takes by the same hash.
        var metadata = JObject.Parse(await RealNix.RunAsync(nix, _folder["store"], "nix", "flake", "metadata", "--json", "path:" + _folder["lib"]));
        Assert.Equal(metadata["locked"]!["narHash"], @lock.Nodes["lib"].Locked!.NarHash.ToString());

        // A lock that was made by us is used as it is.
        var renamed = new FlakeLock(@lock.Nodes.ToDictionary(static pair => pair.Key == "data" ? "renamed" : pair.Key, static pair => pair.Key != "root" ? pair.Value : pair.Value with
        {
            Inputs = pair.Value.Inputs.ToDictionary(static input => input.Key, static input => input.Key == "data" ? FlakeLockInput.ToNode("renamed") : input.Value),
        }));
        await renamed.WriteAsync(_folder["app/flake.lock"]);
        var used = JObject.Parse(await RealNix.RunAsync(nix, _folder["store"], "nix", "flake", "metadata", "--json", "--no-update-lock-file", "path:" + _folder["app"]));
        Assert.NotNull(used["locks"]!["nodes"]!["renamed"] ?? used["locks"]!["nodes"]!["data"]);
        Assert.Equal("\"hello\"", (await RealNix.RunAsync(nix, _folder["store"], "nix", "eval", "--no-update-lock-file", "path:" + _folder["app"] + "#greeting")).Trim());
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task The_tool_tells_what_an_update_changed(NixRelease nix)
    {
        await WriteFlakesAsync();
        await LockAsync(nix);
        File.Copy(_folder["app/flake.lock"], _folder["before.lock"]);
        _folder.Write("data/greeting", "good day\n");
        File.SetLastWriteTimeUtc(_folder["data/greeting"], DateTime.UtcNow.AddDays(40));
        File.Delete(_folder["app/flake.lock"]);
        await LockAsync(nix);

        var output = await NixSharpProgram.RunAsync("flake", "lock", "diff", _folder["before.lock"], _folder["app"]);
        Assert.Equal($"data {DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} -> {DateTime.UtcNow.AddDays(40).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}\n", output);
        Assert.Matches("tools/lib +follows lib\n", await NixSharpProgram.RunAsync("flake", "lock", "show", _folder["app"]));
        Assert.Contains("\"tools\" -> \"lib\" [label=\"lib\", style=dashed]", await NixSharpProgram.RunAsync("flake", "lock", "graph", _folder["app"]), StringComparison.Ordinal);
        await NixSharpProgram.RunAsync("flake", "lock", "check", _folder["app"], "--max-age", "10", "--no-duplicates", "--source", $"lib={_folder["lib"]}");
        var failed = await NixSharpProgram.TryRunAsync("flake", "lock", "check", _folder["app"], "--source", $"lib={_folder["data"]}");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("error: NIXS5014: ", failed.Error, StringComparison.Ordinal);
    }

    private async Task WriteFlakesAsync()
    {
        _folder.Write("lib/flake.nix", "{ outputs = _: { }; }");
        _folder.Write("data/greeting", "hello\n");
        _folder.Write("tools/flake.nix", $"{{ inputs.lib.url = \"path:{_folder["lib"]}\"; outputs = _: {{ }}; }}");
        _folder.Write("repository/flake.nix", "{ outputs = _: { }; }");
        await CommandLine.RunAsync("git", "init", "-q", _folder["repository"]);
        await CommandLine.RunAsync("git", "-C", _folder["repository"], "add", ".");
        await CommandLine.RunAsync("git", "-C", _folder["repository"], "-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "Begin");
        _folder.Write("app/flake.nix",
            $$"""
            {
              inputs.lib.url = "path:{{_folder["lib"]}}";
              inputs.tools.url = "path:{{_folder["tools"]}}";
              inputs.tools.inputs.lib.follows = "lib";
              inputs.data = { url = "path:{{_folder["data"]}}"; flake = false; };
              inputs.repository = { type = "git"; url = "file://{{_folder["repository"]}}"; shallow = true; };
              outputs = { self, data, ... }: { greeting = builtins.head (builtins.split "\n" (builtins.readFile "${data}/greeting")); };
            }
            """);
    }

    private Task<string> LockAsync(NixRelease nix) => RealNix.RunAsync(nix, _folder["store"], "nix", "flake", "lock", "path:" + _folder["app"]);
}
