using Newtonsoft.Json.Linq;
using NixSharp.Compression;
using NixSharp.Derivations;
using NixSharp.Integration.Tests.Tool;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Caches;
using NixSharp.Stores.Copying;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Caches;

/// <summary>Caches that Nix writes, and caches that Nix reads.</summary>
public sealed class RealCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_Nix_writes_is_read_in_every_compression(NixRelease nix)
    {
        var key = SecretKey.Generate("test-1");
        var keyFile = _folder.Write("key", key.Export());
        var top = await MakeClosureAsync();
        foreach (var compression in NarCompression.All)
        {
            var uri = $"file://{_folder[compression.Name]}?compression={compression}";
            await RealNix.RunAsync(nix, _folder["store"], "nix", "copy", "--to", $"{uri}&secret-key={keyFile}&write-nar-listing=true", top.ToString());
            await using var cache = (FolderCacheStore)await NixStore.OpenAsync(uri);
            await using var local = LocalStore.Open(_folder["store"]);
            Assert.Equal(await local.ListAsync(), await cache.ListAsync());
            foreach (var path in await cache.ListAsync())
            {
                var info = (await cache.QueryNarInfoAsync(path))!;
                Assert.Equal(compression.Name, info.Compression);
                Assert.Single(new TrustedKeys([key.ToPublicKey()]).Verify(info.PathInfo));
                Assert.Equal(await ReadNarAsync(local, path), await ReadNarAsync(cache, path));
            }
        }
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_reads_lists_verifies_and_trusts_what_is_written(NixRelease nix)
    {
        var key = SecretKey.Generate("test-1");
        var keyFile = _folder.Write("key", key.Export());
        var top = await MakeClosureAsync();
        string[] trusted = ["--option", "trusted-public-keys", key.ToPublicKey().ToString()];
        await using var local = LocalStore.Open(_folder["store"]);
        foreach (var compression in NarCompression.All)
        {
            var uri = $"file://{_folder[compression.Name]}";
            await using (var cache = await NixStore.OpenAsync($"{uri}?compression={compression}&secret-key={keyFile}&write-nar-listing=true"))
            {
                await local.CopyToAsync(cache, [top]);
            }

            await RealNix.RunAsync(nix, _folder[$"{compression}-copy"], "nix", [.. trusted, "copy", "--from", uri, top.ToString()]);
            Assert.Equal(0, (await RealNix.VerifyAsync(_folder[$"{compression}-copy"], nix)).ExitCode);
            await using var copy = LocalStore.Open(_folder[$"{compression}-copy"]);
            Assert.Equal(await local.ListAsync(), await copy.ListAsync());

            await RealNix.RunAsync(nix, uri, "nix", [.. trusted, "store", "verify", "--recursive", "--sigs-needed", "1", top.ToString()]);
            var infos = await RealNix.RunAsync(nix, uri, "nix", "path-info", "--recursive", top.ToString());
            Assert.Equal((await local.ListAsync()).Select(static path => path.ToString()), infos.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
            Assert.Equal("plain\nrun\n", (await RealNix.RunAsync(nix, uri, "nix", "store", "ls", $"{top}")).Replace("./", "", StringComparison.Ordinal));
        }
    }

    [RequiresTheory("busybox")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_web_server_that_shows_files_is_enough_both_ways(NixRelease nix)
    {
        var top = await MakeClosureAsync();
        await RealNix.RunAsync(nix, _folder["store"], "nix", "copy", "--to", $"file://{_folder["cache"]}?compression=zstd", top.ToString());
        await using var server = await StaticWebServer.StartAsync(_folder["cache"]);
        var options = new StoreOptions { Caches = new CacheOptions { LookupFolder = _folder["lookups"] } };
        await using (var cache = await NixStore.OpenAsync(server.Uri, options))
        await using (var local = LocalStore.Open(_folder["ours"]))
        {
            await cache.CopyToAsync(local, [top], new CopyOptions { CheckSignatures = false });
        }

        Assert.Equal(0, (await RealNix.VerifyAsync(_folder["ours"], nix)).ExitCode);
        await using (var cache = await NixStore.OpenAsync($"file://{_folder["other"]}?compression=xz"))
        await using (var local = LocalStore.Open(_folder["ours"]))
        {
            await local.CopyToAsync(cache, [top]);
        }

        await using var ours = await StaticWebServer.StartAsync(_folder["other"]);
        await RealNix.RunAsync(nix, _folder["theirs"], "nix", "copy", "--no-check-sigs", "--from", ours.Uri, top.ToString());
        Assert.Equal(0, (await RealNix.VerifyAsync(_folder["theirs"], nix)).ExitCode);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Path_infos_are_printed_as_Nix_prints_them(NixRelease nix)
    {
        var top = await MakeClosureAsync();
        var uri = $"file://{_folder["cache"]}";
        await using (var cache = await NixStore.OpenAsync($"{uri}?compression=gzip&secret-key={_folder.Write("key", SecretKey.Generate("test-1").Export())}"))
        await using (var local = LocalStore.Open(_folder["store"]))
        {
            await local.CopyToAsync(cache, [top]);
        }

        var ours = await NixSharpProgram.RunAsync("path-info", "--json", "--json-format", nix == NixRelease.Machine ? "0" : "1", "--store", uri, top.ToString());
        var theirs = await RealNix.RunAsync(nix, uri, "nix", "path-info", "--json", top.ToString());
        Assert.True(JToken.DeepEquals(JToken.Parse(theirs), JToken.Parse(ours)), $"{theirs}\n{ours}");
    }

    [RequiresTheory("busybox")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Realisations_and_logs_go_both_ways(NixRelease nix)
    {
        Directory.CreateDirectory(_folder["bin"]);
        File.Copy(Requirements.Find("busybox")!, _folder["bin/busybox"]);
        var expression = _folder.Write(
            "ca.nix",
            """derivation { name = "ca"; system = builtins.currentSystem; builder = "${./bin}/busybox"; args = [ "sh" "-c" "echo building; echo hello >$out" ]; __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; }""");
        Task<string> Run(string store, params string[] arguments) => RealNix.RunAsync(nix, _folder[store], "nix", ["--extra-experimental-features", "ca-derivations", .. arguments]);

        await Run("store", "build", "--no-link", "--file", expression);
        var derivation = StorePath.Parse(await Run("store", "eval", "--raw", "--file", expression, "drvPath"));
        var theirUri = $"file://{_folder["theirs"]}";
        await Run("store", "copy", "--no-check-sigs", "--to", theirUri, "--file", expression);
        await Run("store", "store", "copy-log", "--to", theirUri, derivation.ToString());

        await using var theirs = (FolderCacheStore)await NixStore.OpenAsync(theirUri);
        var file = Assert.Single(Directory.GetFiles(_folder["theirs/realisations"]));
        var realisation = (await theirs.QueryRealisationAsync(DerivationOutputId.Parse(Path.GetFileNameWithoutExtension(file))))!;
        Assert.Equal(realisation.OutputPath, Assert.Single(await theirs.ListAsync()));
        await using var log = await theirs.OpenBuildLogAsync(derivation);
        Assert.Equal("building\n", await new StreamReader(log!).ReadToEndAsync());

        // What is written anew is enough for Nix to build nothing.
        var ourUri = $"file://{_folder["ours"]}";
        await using (var ours = (BinaryCacheStore)await NixStore.OpenAsync(ourUri))
        {
            await theirs.CopyToAsync(ours, [realisation.OutputPath]);
            await ours.AddRealisationAsync(realisation);
            await ours.AddBuildLogAsync(derivation, (await theirs.OpenBuildLogAsync(derivation))!);
        }

        await Run("fresh", "build", "--no-link", "--max-jobs", "0", "--option", "substituters", ourUri, "--option", "require-sigs", "false", "--file", expression);
        Assert.True(File.Exists(_folder[$"fresh{realisation.OutputPath}"]));
        await Run("fresh", "store", "copy-log", "--from", ourUri, derivation.ToString());
        Assert.Equal("building\n", await Run("fresh", "log", derivation.ToString()));
    }

    private async Task<StorePath> MakeClosureAsync()
    {
        await using var store = LocalStore.Open(_folder["store"]);
        var text = await store.AddTextAsync("text", "some text\n");
        _folder.Write("top/plain", $"see {text}\n");
        File.SetUnixFileMode(_folder.Write("top/run", "#!/bin/sh\n"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return await store.AddAsync(_folder["top"], options: new AddOptions { ReferenceCandidates = [text] });
    }

    private static async Task<byte[]> ReadNarAsync(INarReader store, StorePath path)
    {
        using var nar = new MemoryStream();
        await store.ReadNarAsync(path, nar);
        return nar.ToArray();
    }
}
