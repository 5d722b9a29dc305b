using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Serving;

/// <summary>Real Nix takes from <c>nixsharp serve</c> and gives to it.</summary>
public sealed class RealServeTests : IDisposable
{
    private static readonly string[] NetRc = ["--option", "netrc-file"];

    private readonly TemporaryFolder _folder = new();
    private readonly SecretKey _key = SecretKey.Generate("served-1");

    private string Served => _folder["served"];

    private string Taken => _folder["taken"];

    public void Dispose() => _folder.Dispose();

    [RequiresTheory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_copies_a_closure_and_trusts_the_key_that_signed_it_on_its_way(NixRelease release)
    {
        var app = await MakeAppAsync();
        foreach (var compression in (string[])["none", "xz", "gzip", "zstd:1"])
        {
            await using var server = await ServeProcess.StartAsync(Served, "--secret-key-file", _folder.Write("key", _key.Export()), "--compression", compression);
            var store = _folder[$"taken-{compression}"];
            await RealNix.RunAsync(release, store, "nix", "copy", "--from", server.Url, "--option", "trusted-public-keys", _key.ToPublicKey().ToString(), app);
            Assert.Equal(2, (await RealNix.RunAsync(release, store, "nix-store", "--query", "--requisites", app)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Equal(0, (await RealNix.VerifyAsync(store, release)).ExitCode);
        }
    }

    [RequiresTheory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_substitutes_from_it(NixRelease release)
    {
        var app = await MakeAppAsync();
        await using var server = await ServeProcess.StartAsync(Served, "--secret-key-file", _folder.Write("key", _key.Export()));
        await RealNix.RunAsync(release, Taken, "nix-store", "--realise", app, "--option", "substituters", server.Url, "--option", "trusted-public-keys", _key.ToPublicKey().ToString());
        Assert.Equal(0, (await RealNix.VerifyAsync(Taken, release)).ExitCode);
        Assert.True(File.Exists(Taken + app));
    }

    [RequiresTheory("busybox")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_learns_what_content_addressed_outputs_became(NixRelease release)
    {
        string[] features = ["--extra-experimental-features", "ca-derivations"];
        Directory.CreateDirectory(_folder["bin"]);
        File.Copy(Requirements.Find("busybox")!, _folder["bin/busybox"]);
        var expression = _folder.Write("default.nix",
            """
            derivation {
              name = "hello"; system = "x86_64-linux"; builder = "${./bin}/busybox"; args = [ "sh" "-c" "echo hello >$out" ];
              __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256";
            }
            """);
        var derivation = (await RealNix.RunAsync(release, Served, "nix-instantiate", [expression, .. features])).Trim();
        var built = (await RealNix.RunAsync(release, Served, "nix-store", ["--realise", derivation, .. features])).Trim();

        await using var server = await ServeProcess.StartAsync(Served, "--secret-key-file", _folder.Write("key", _key.Export()));
        await RealNix.RunAsync(release, Taken, "nix",
        [
            "build", "--no-link", "--file", expression, .. features, "--option", "max-jobs", "0",
            "--option", "substituters", server.Url, "--option", "trusted-public-keys", _key.ToPublicKey().ToString(),
        ]);
        Assert.Equal("hello\n", await File.ReadAllTextAsync(Taken + built));
        Assert.Matches("GET /realisations/sha256:[0-9a-f]{64}!out.doi: 200", (await server.StopAsync()).Errors);
    }

    [RequiresTheory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_does_not_take_what_nobody_signed(NixRelease release)
    {
        var app = await MakeAppAsync(addressed: false);
        await using var server = await ServeProcess.StartAsync(Served);
        Assert.NotEqual(0, (await RealNix.TryRunAsync(release, Taken, "nix", "copy", "--from", server.Url, app)).ExitCode);
        await RealNix.RunAsync(release, Taken, "nix", "copy", "--no-check-sigs", "--from", server.Url, app);
    }

    [RequiresTheory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_uploads_to_it(NixRelease release)
    {
        var app = await MakeAppAsync(addressed: false);
        var secret = _folder.Write("key", _key.Export());
        await using var server = await ServeProcess.StartAsync(Taken, "--upload", "--trusted-public-key", _key.ToPublicKey().ToString());
        var refused = await RealNix.TryRunAsync(release, Served, "nix", "copy", "--to", server.Url, app);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("NIXS1070", refused.Error, StringComparison.Ordinal);

        await RealNix.RunAsync(release, Served, "nix", "copy", "--to", $"{server.Url}?secret-key={secret}&compression=zstd&write-nar-listing=true", app);
        await using var store = await NixStore.OpenAsync(Taken);
        var info = await store.GetPathInfoAsync(StorePath.Parse(app));
        Assert.Single(new TrustedKeys([_key.ToPublicKey()]).Verify(info));
        Assert.Single(info.References);
        Assert.Equal(0, (await RealNix.VerifyAsync(Taken, release)).ExitCode);
    }

    [RequiresTheory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_private_cache_opens_to_those_whom_netrc_names(NixRelease release)
    {
        var app = await MakeAppAsync();
        await using var server = await ServeProcess.StartAsync(Served, "--users", _folder.Write("users", "ada:secret\n"));
        var wrong = _folder.Write("wrong", "machine 127.0.0.1 login ada password other\n");
        var right = _folder.Write("right", "machine 127.0.0.1 login ada password secret\n");
        Assert.NotEqual(0, (await RealNix.TryRunAsync(release, Taken, "nix", "copy", "--no-check-sigs", "--from", server.Url, app)).ExitCode);
        Assert.NotEqual(0, (await RealNix.TryRunAsync(release, Taken, "nix", ["copy", "--no-check-sigs", "--from", server.Url, .. NetRc, wrong, app])).ExitCode);
        await RealNix.RunAsync(release, Taken, "nix", ["copy", "--no-check-sigs", "--from", server.Url, .. NetRc, right, app]);
        Assert.True(File.Exists(Taken + app));
        Assert.DoesNotContain("secret", (await server.StopAsync()).Errors, StringComparison.Ordinal);
    }

    /// <summary>A path that needs another: content-addressed, or as if built from a derivation.</summary>
    private async Task<string> MakeAppAsync(bool addressed = true)
    {
        await using var store = await NixStore.OpenAsync(Served);
        var lib = await store.AddTextAsync("lib", string.Concat(Enumerable.Repeat("library ", 100_000)));
        var app = await store.AddTextAsync("app", $"needs {lib}", [lib]);
        if (addressed)
        {
            return app.ToString();
        }

        var info = await store.GetPathInfoAsync(app);
        var built = info with { Path = StorePath.FromDerivationOutput("built", "out", info.NarHash), ContentAddress = null };
        var nar = new MemoryStream();
        await store.ReadNarAsync(app, nar);
        nar.Position = 0;
        await store.AddNarAsync(built, nar, new AddNarOptions { CheckSignatures = false });
        return built.Path.ToString();
    }
}
