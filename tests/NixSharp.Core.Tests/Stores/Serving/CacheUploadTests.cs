using System.Text;
using NixSharp.Compression;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Serving;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Serving;

public sealed class CacheUploadTests
{
    private static readonly SecretKey Key = SecretKey.Generate("uploader-1");

    private static CacheServerOptions Options => new() { AllowUploads = true, UploadKeys = new TrustedKeys([Key.ToPublicKey()]) };

    [Fact]
    public async Task A_signed_path_becomes_valid_once_its_narinfo_has_come()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(Options);
        var (narInfo, file) = await MakeAsync(fixture, "new");
        Assert.Equal(404, (await CacheServerFixture.GetAsync(server, $"/{narInfo.Url}", "HEAD")).Answer.Status);
        Assert.Equal(200, (await CacheServerFixture.PutAsync(server, $"/{narInfo.Url}", file)).Status);
        Assert.Equal(200, (await CacheServerFixture.GetAsync(server, $"/{narInfo.Url}", "HEAD")).Answer.Status);
        Assert.Equal(404, (await CacheServerFixture.GetAsync(server, $"/{narInfo.Url}")).Answer.Status);
        Assert.Null(await fixture.Store.QueryPathInfoAsync(narInfo.PathInfo.Path));

        Assert.Equal((200, ""), await CacheServerFixture.PutAsync(server, $"/{narInfo.PathInfo.Path.HashPart}.narinfo", Encoding.UTF8.GetBytes(narInfo.Write())));
        var info = await fixture.Store.GetPathInfoAsync(narInfo.PathInfo.Path);
        Assert.Equal(narInfo.PathInfo.Signatures, info.Signatures);
        Assert.Equal([fixture.Lib], info.References);
        Assert.False(info.Ultimate);
        Assert.Empty(fixture.UploadedFiles());
        Assert.Equal(narInfo.PathInfo.NarHash, NixHash.Compute(NixHashAlgorithm.Sha256, await fixture.NarAsync(info.Path)));
    }

    [Fact]
    public async Task A_client_that_remembers_where_it_put_a_NAR_gets_it_there()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(Options);
        var (narInfo, file) = await MakeAsync(fixture, "new");
        await CacheServerFixture.PutAsync(server, $"/{narInfo.Url}", file);
        await CacheServerFixture.PutAsync(server, $"/{narInfo.PathInfo.Path.HashPart}.narinfo", Encoding.UTF8.GetBytes(narInfo.Write()));
        var (answer, body) = await CacheServerFixture.GetAsync(server, $"/{narInfo.Url}");
        Assert.Equal(200, answer.Status);
        var nar = new MemoryStream();
        await NarCompression.Xz.OpenRead(new MemoryStream(body), narInfo.PathInfo.NarSize).CopyToAsync(nar);
        Assert.Equal(narInfo.PathInfo.NarHash, NixHash.Compute(NixHashAlgorithm.Sha256, nar.ToArray()));

        await fixture.Store.Require<LocalStore>("delete").DeleteAsync(narInfo.PathInfo.Path);
        Assert.Equal(404, (await CacheServerFixture.GetAsync(server, $"/{narInfo.Url}", "HEAD")).Answer.Status);
    }

    [Fact]
    public async Task Listings_are_taken_and_not_believed()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(Options);
        Assert.Equal(200, (await CacheServerFixture.PutAsync(server, $"/{fixture.App.HashPart}.ls", "{}"u8.ToArray())).Status);
        Assert.Contains("regular", Encoding.UTF8.GetString((await CacheServerFixture.GetAsync(server, $"/{fixture.App.HashPart}.ls")).Body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unsigned", 403)]
    [InlineData("signed by another", 403)]
    [InlineData("another name", 403)]
    [InlineData("no NAR", 403)]
    [InlineData("file hash", 403)]
    [InlineData("file size", 403)]
    [InlineData("NAR hash", 400)]
    [InlineData("NAR size", 400)]
    [InlineData("too small", 400)]
    [InlineData("missing reference", 400)]
    [InlineData("unknown compression", 400)]
    [InlineData("another compression", 400)]
    [InlineData("another store", 400)]
    [InlineData("no narinfo", 400)]
    public async Task What_is_not_as_announced_never_becomes_valid(string fault, int status)
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(Options);
        var (narInfo, file) = await MakeAsync(fixture, "new");
        var info = narInfo.PathInfo;
        narInfo = fault switch
        {
            "unsigned" => narInfo with { PathInfo = info with { Signatures = [] } },
            "signed by another" => narInfo with { PathInfo = info with { Signatures = [SecretKey.Generate("uploader-1").Sign(info).ToString()] } },
            "file hash" => narInfo with { FileHash = info.NarHash },
            "file size" => narInfo with { FileSize = 1 },
            "NAR hash" => Signed(narInfo, info with { NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, "x"u8) }),
            "NAR size" => Signed(narInfo, info with { NarSize = info.NarSize + 8 }),
            "too small" => Signed(narInfo, info with { NarSize = info.NarSize - 8 }),
            "missing reference" => Signed(narInfo, info with { References = [StorePath.ParseBaseName("g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-missing")] }),
            "unknown compression" => narInfo with { Compression = "lrzip" },
            "another compression" => narInfo with { Compression = "zstd" },
            _ => narInfo,
        };
        if (fault != "no NAR")
        {
            Assert.Equal(200, (await CacheServerFixture.PutAsync(server, $"/{narInfo.Url}", file)).Status);
        }

        var hashPart = fault == "another name" ? fixture.App.HashPart : info.Path.HashPart;
        var text = fault switch
        {
            "another store" => narInfo.Write().Replace("/nix/store/", "/gnu/store/", StringComparison.Ordinal),
            "no narinfo" => "<html>\n",
            _ => narInfo.Write(),
        };
        var (answered, message) = await CacheServerFixture.PutAsync(server, $"/{hashPart}.narinfo", Encoding.UTF8.GetBytes(text));
        Assert.True(status == answered, $"{answered}: {message}");
        Assert.StartsWith("NIXS", message, StringComparison.Ordinal);
        Assert.Null(await fixture.Store.QueryPathInfoAsync(info.Path));
    }

    [Fact]
    public async Task A_bomb_is_stopped_at_the_size_of_its_NAR()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(Options);
        var (narInfo, _) = await MakeAsync(fixture, "new");
        var bomb = await CompressAsync(NarCompression.Xz, new byte[50_000_000]);
        narInfo = narInfo with { FileHash = null, FileSize = null, Url = "nar/bomb.nar.xz" };
        Assert.Equal(200, (await CacheServerFixture.PutAsync(server, "/nar/bomb.nar.xz", bomb)).Status);
        Assert.Equal(400, (await CacheServerFixture.PutAsync(server, $"/{narInfo.PathInfo.Path.HashPart}.narinfo", Encoding.UTF8.GetBytes(narInfo.Write()))).Status);
        Assert.Null(await fixture.Store.QueryPathInfoAsync(narInfo.PathInfo.Path));
    }

    [Fact]
    public async Task An_upload_under_another_hash_is_refused_at_once()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(Options);
        var (narInfo, file) = await MakeAsync(fixture, "new");
        file[^1] ^= 1;
        Assert.Equal(403, (await CacheServerFixture.PutAsync(server, $"/{narInfo.Url}", file)).Status);
        Assert.Empty(fixture.UploadedFiles());
    }

    [Fact]
    public async Task Uploads_take_no_more_room_than_they_may()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(Options with { MaxUploadSize = 1000 });
        Assert.Equal(200, (await CacheServerFixture.PutAsync(server, "/nar/one.nar", new byte[600])).Status);
        Assert.Equal(403, (await CacheServerFixture.PutAsync(server, "/nar/two.nar", new byte[600])).Status);
        Assert.Equal(200, (await CacheServerFixture.PutAsync(server, "/nar/three.nar", new byte[400])).Status);
        Assert.Equal(403, (await CacheServerFixture.PutAsync(server, "/nar/four.nar", new byte[1])).Status);
        Assert.Equal(2, fixture.UploadedFiles().Count());
    }

    [Fact]
    public async Task What_is_left_of_uploads_goes_with_the_server()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(Options);
        await CacheServerFixture.PutAsync(server, "/nar/one.nar", new byte[600]);
        Assert.Single(fixture.UploadedFiles());
        server.Dispose();
        Assert.Empty(fixture.UploadedFiles());
    }

    [Fact]
    public async Task Where_uploads_are_not_allowed_nothing_can_be_put()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        Assert.Equal(405, (await CacheServerFixture.PutAsync(fixture.Serve(), "/nar/one.nar", new byte[10])).Status);
        Assert.Equal(405, (await CacheServerFixture.PutAsync(fixture.Serve(Options), "/nix-cache-info", new byte[10])).Status);
        Assert.Equal(404, (await CacheServerFixture.PutAsync(fixture.Serve(Options), "/nar/../x.nar", new byte[10])).Status);
        Assert.Equal(405, (await CacheServerFixture.GetAsync(fixture.Serve(Options), "/nix-cache-info", "DELETE")).Answer.Status);
    }

    [Fact]
    public async Task A_path_that_is_there_gets_signatures_of_trusted_keys_only()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(Options);
        var info = await fixture.Store.GetPathInfoAsync(fixture.Lib);
        var mine = Key.Sign(info).ToString();
        var narInfo = new NarInfo { PathInfo = info with { Signatures = [mine, SecretKey.Generate("other-1").Sign(info).ToString()] }, Url = "nar/x.nar" };
        Assert.Equal(200, (await CacheServerFixture.PutAsync(server, $"/{fixture.Lib.HashPart}.narinfo", Encoding.UTF8.GetBytes(narInfo.Write()))).Status);
        Assert.Equal([mine], (await fixture.Store.GetPathInfoAsync(fixture.Lib)).Signatures);
    }

    private static NarInfo Signed(NarInfo narInfo, PathInfo info) =>
        narInfo with { PathInfo = info with { Signatures = [Key.Sign(info).ToString()] } };

    private static async Task<(NarInfo NarInfo, byte[] File)> MakeAsync(CacheServerFixture fixture, string name)
    {
        var output = new MemoryStream();
        await NarArchive.DumpAsync(fixture.Folder.Write(name, $"{name} needs {fixture.Lib}"), output);
        var nar = output.ToArray();
        var hash = NixHash.Compute(NixHashAlgorithm.Sha256, nar);
        var file = await CompressAsync(NarCompression.Xz, nar);
        var fileHash = NixHash.Compute(NixHashAlgorithm.Sha256, file);
        var narInfo = new NarInfo
        {
            PathInfo = new PathInfo { Path = StorePath.FromDerivationOutput(name, "out", hash), NarHash = hash, NarSize = nar.Length },
            Url = $"nar/{fileHash.ToDigestString(HashFormat.Nix32)}.nar.xz",
            Compression = "xz",
            FileHash = fileHash,
            FileSize = file.Length,
        };
        return (Signed(narInfo, narInfo.PathInfo with { References = [fixture.Lib] }), file);
    }

    private static async Task<byte[]> CompressAsync(NarCompression compression, byte[] data)
    {
        var output = new MemoryStream();
        await using (var stream = compression.OpenWrite(output, leaveOpen: true))
        {
            await stream.WriteAsync(data);
        }

        return output.ToArray();
    }
}
