using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Compression;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Serving;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Serving;

public sealed class CacheServerTests
{
    [Fact]
    public async Task The_cache_says_what_it_is()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var (answer, body) = await CacheServerFixture.GetAsync(fixture.Serve(new CacheServerOptions { Priority = 7 }), "/nix-cache-info");
        Assert.Equal((200, CacheInfo.MediaType), (answer.Status, answer.ContentType));
        Assert.Equal("StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 7\n", Encoding.UTF8.GetString(body));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("xz")]
    [InlineData("zstd")]
    [InlineData("br")]
    public async Task A_narinfo_leads_to_its_NAR_in_the_compression_that_was_chosen(string name)
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(new CacheServerOptions { Compression = NarCompression.Parse(name) });
        var info = await CacheServerFixture.NarInfoAsync(server, fixture.App);
        Assert.Equal((fixture.App, name), (info.PathInfo.Path, info.Compression));
        Assert.Equal([fixture.Lib], info.PathInfo.References);
        var (answer, body) = await CacheServerFixture.GetAsync(server, $"/{info.Url}");
        Assert.Equal(200, answer.Status);
        Assert.Equal(name == "none" ? info.PathInfo.NarSize : null, answer.ContentLength);
        var nar = new MemoryStream();
        await NarCompression.Parse(name).OpenRead(new MemoryStream(body), info.PathInfo.NarSize).CopyToAsync(nar);
        Assert.Equal(info.PathInfo.NarHash, NixHash.Compute(NixHashAlgorithm.Sha256, nar.ToArray()));
    }

    [Fact]
    public async Task What_is_served_is_signed_on_its_way()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var (one, two) = (SecretKey.Generate("one-1"), SecretKey.Generate("two-1"));
        await fixture.Store.SignAsync([fixture.App], one);
        var server = fixture.Serve(new CacheServerOptions { SecretKeys = [one, two] });
        var info = await CacheServerFixture.NarInfoAsync(server, fixture.App);
        Assert.Equal(2, info.PathInfo.Signatures.Count);
        Assert.Equal(2, new TrustedKeys([one.ToPublicKey(), two.ToPublicKey()]).Verify(info.PathInfo).Count);
        Assert.Single((await fixture.Store.GetPathInfoAsync(fixture.App)).Signatures);
    }

    [Fact]
    public async Task HEAD_gives_the_same_without_a_body()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(new CacheServerOptions { Compression = NarCompression.None });
        var info = await CacheServerFixture.NarInfoAsync(server, fixture.App);
        foreach (var path in (string[])["/nix-cache-info", $"/{fixture.App.HashPart}.narinfo", $"/{info.Url}"])
        {
            var (get, body) = await CacheServerFixture.GetAsync(server, path);
            var (head, nothing) = await CacheServerFixture.GetAsync(server, path, "HEAD");
            Assert.Equal((200, (long?)body.Length, get.ContentType), (head.Status, head.ContentLength, head.ContentType));
            Assert.Empty(nothing);
        }
    }

    [Fact]
    public async Task A_part_of_a_NAR_can_be_asked_for()
    {
        (string Range, int Status, int Start, int End)[] cases =
        [
            ("bytes=0-9", 206, 0, 10),
            ("bytes=100-", 206, 100, -1),
            ("bytes=-16", 206, -16, -1),
            ("bytes=100-99999999", 206, 100, -1),
            ("bytes=99999999-", 416, 0, 0),
            ("bytes=-0", 416, 0, 0),
            ("bytes=9-1", 200, 0, -1),
            ("bytes=0-1,5-6", 200, 0, -1),
            ("lines=0-1", 200, 0, -1),
            ("bytes=a-b", 200, 0, -1),
            ("bytes=99999999999999999999-", 200, 0, -1),
        ];
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(new CacheServerOptions { Compression = NarCompression.None });
        var nar = await fixture.NarAsync(fixture.Lib);
        var url = (await CacheServerFixture.NarInfoAsync(server, fixture.Lib)).Url;
        foreach (var (range, status, start, end) in cases)
        {
            var (answer, body) = await CacheServerFixture.GetAsync(server, $"/{url}", range: range);
            Assert.True(status == answer.Status, range);
            if (status == 416)
            {
                Assert.Equal($"bytes */{nar.Length}", answer.Headers["Content-Range"]);
                continue;
            }

            var (first, last) = (start < 0 ? nar.Length + start : start, end < 0 ? nar.Length : end);
            Assert.Equal(nar[first..last], body);
            Assert.Equal(body.Length, answer.ContentLength);
            Assert.Equal("bytes", answer.Headers["Accept-Ranges"]);
            Assert.Equal(status == 206 ? $"bytes {first}-{last - 1}/{nar.Length}" : null, answer.Headers.GetValueOrDefault("Content-Range"));
        }
    }

    [Fact]
    public async Task What_is_not_exactly_a_file_of_a_cache_is_not_there()
    {
        string[] paths =
        [
            "",
            "/",
            "/.narinfo",
            "/../nix-cache-info",
            "//nix-cache-info",
            "/nix-cache-info/",
            "/00000000000000000000000000000000.narinfo",
            "/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.narinfo",
            "/nar/../../etc/passwd",
            "/nar/..%2f..%2fetc%2fpasswd",
            "/nar/x\0.nar",
            "/nar/.nar",
            "/log/../../etc/passwd",
            "/realisations/sha256:x!out.doi",
            "/realisations/../x.doi",
        ];
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve();
        foreach (var path in paths)
        {
            var (answer, body) = await CacheServerFixture.GetAsync(server, path);
            Assert.True(answer.Status == 404, path);
            Assert.DoesNotContain("root:", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_NAR_with_another_hash_than_the_paths_is_not_there()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve();
        var (app, lib) = ((await CacheServerFixture.NarInfoAsync(server, fixture.App)).Url, (await CacheServerFixture.NarInfoAsync(server, fixture.Lib)).Url);
        var mixed = $"{app[..36]}{lib[36..]}";
        Assert.NotEqual(app, mixed);
        Assert.Equal(404, (await CacheServerFixture.GetAsync(server, $"/{mixed}")).Answer.Status);
    }

    [Fact]
    public async Task A_listing_says_what_is_in_the_NAR()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var (answer, body) = await CacheServerFixture.GetAsync(fixture.Serve(), $"/{fixture.App.HashPart}.ls");
        Assert.Equal("application/json", answer.ContentType);
        var json = JObject.Parse(Encoding.UTF8.GetString(body));
        Assert.Equal(1, (int)json["version"]!);
        Assert.Equal(NarListing.Read(new MemoryStream(await fixture.NarAsync(fixture.App))), json["root"]!, JToken.EqualityComparer);
    }

    [Fact]
    public async Task Realisations_are_served_and_signed()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var key = SecretKey.Generate("a-1");
        var realisation = new Realisation { Id = new DerivationOutputId(NixHash.Compute(NixHashAlgorithm.Sha256, "drv"u8), "out"), OutputPath = fixture.Lib };
        await fixture.Store.Require<IRealisationStore>("keep realisations").AddRealisationAsync(realisation);
        var server = fixture.Serve(new CacheServerOptions { SecretKeys = [key] });
        var (answer, body) = await CacheServerFixture.GetAsync(server, $"/realisations/{realisation.Id}.doi");
        Assert.Equal(200, answer.Status);
        var read = RealisationJson.Read(JObject.Parse(Encoding.UTF8.GetString(body)));
        Assert.Equal(fixture.Lib, read.OutputPath);
        Assert.Single(new TrustedKeys([key.ToPublicKey()]).Verify(read));
        Assert.Equal(404, (await CacheServerFixture.GetAsync(server, $"/realisations/{realisation.Id}2.doi")).Answer.Status);
    }

    [Fact]
    public async Task Logs_of_builds_are_served_and_taken()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var derivation = StorePath.ParseBaseName("g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-hello.drv");
        var server = fixture.Serve(new CacheServerOptions { AllowUploads = true });
        Assert.Equal(404, (await CacheServerFixture.GetAsync(server, $"/log/{derivation.BaseName}")).Answer.Status);
        Assert.Equal(200, (await CacheServerFixture.PutAsync(server, $"/log/{derivation.BaseName}", "building\n"u8.ToArray())).Status);
        var (answer, body) = await CacheServerFixture.GetAsync(server, $"/log/{derivation.BaseName}");
        Assert.Equal((200, "building\n"), (answer.Status, Encoding.UTF8.GetString(body)));
    }

    [Fact]
    public async Task A_client_that_hangs_up_stops_the_work()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var large = await fixture.Store.AddAsync(fixture.Folder.Write("large", new string('x', 20_000_000)));
        var server = fixture.Serve(new CacheServerOptions { Compression = NarCompression.None });
        var url = (await CacheServerFixture.NarInfoAsync(server, large)).Url;
        using var hangUp = new CancellationTokenSource();
        var answer = await server.AnswerAsync(new CacheRequest { Method = "GET", Path = $"/{url}" }, hangUp.Token);
        var body = new HangingUpStream(hangUp);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.WriteBody!(body, hangUp.Token));
        Assert.InRange(body.Written, 1, 5_000_000);
    }

    [Fact]
    public async Task Only_a_level_that_there_is_can_be_served()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        Assert.Throws<NixFormatException>(() => fixture.Serve(new CacheServerOptions { CompressionLevel = 99 }));
    }

    [Fact]
    public async Task Nearly_right_requests_get_an_answer()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(new CacheServerOptions { Compression = NarCompression.None, Users = CacheUsers.Parse("a:b"), AnonymousReading = true, AllowUploads = true });
        var url = (await CacheServerFixture.NarInfoAsync(server, fixture.App)).Url;
        byte[][] seeds = [.. ((string[])["/nix-cache-info", $"/{fixture.App.HashPart}.narinfo", $"/{url}", $"/{fixture.App.HashPart}.ls", "/log/x.drv", "bytes=0-5", "Basic YTpi"]).Select(Encoding.UTF8.GetBytes)];
        Fuzz.Run<NixException>(seeds, bytes =>
        {
            var text = Encoding.Latin1.GetString(bytes);
            foreach (var method in (string[])["GET", "PUT", "HEAD"])
            {
                var request = new CacheRequest { Method = method, Path = text, Range = text, Authorization = text, Body = new MemoryStream(bytes) };
                Assert.InRange(server.AnswerAsync(request).GetAwaiter().GetResult().Status, 200, 416);
            }

            var ranged = server.AnswerAsync(new CacheRequest { Method = "GET", Path = $"/{url}", Range = text }).GetAwaiter().GetResult();
            Assert.Contains(ranged.Status, (int[])[200, 206, 416]);
        }, count: 600, flat: 4 * 1024 * 1024);
    }

    private sealed class HangingUpStream(CancellationTokenSource hangUp) : MemoryStream
    {
        public long Written { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written += buffer.Length;
            await hangUp.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
