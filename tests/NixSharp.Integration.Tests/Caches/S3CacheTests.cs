using System.Net;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Caches;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Caches;

/// <summary>A cache in object storage, served by an S3 server that others wrote.</summary>
public sealed class S3CacheTests : WebFixture
{
    private static readonly AwsCredentials Credentials = new(S3Server.Key, S3Server.Key);

    [S3Fact]
    public async Task A_cache_is_written_and_read_over_S3()
    {
        await using var server = await S3Server.StartAsync();
        var derivation = StorePath.ParseBaseName($"{new string('d', 32)}-text.drv");
        var realisation = new Realisation { Id = new DerivationOutputId(NixHash.Compute(NixHashAlgorithm.Sha256, "x"u8), "out"), OutputPath = derivation };
        StorePath path;
        await using (var cache = await OpenS3Async(server, "compression=zstd&write-nar-listing=true&narinfo-compression=gzip&log-compression=br&ls-compression=br&storage-class=STANDARD"))
        {
            path = await cache.AddAsync(Folder.Write("in/hello", "hello"));
            realisation = realisation with { OutputPath = path };
            await cache.AddBuildLogAsync(derivation, new MemoryStream("line\n"u8.ToArray()));
            await cache.AddRealisationAsync(realisation);
        }

        await using var again = await OpenS3Async(server);
        Assert.Equal((await again.GetPathInfoAsync(path)).NarSize, (await ReadNarAsync(again, path)).Length);
        Assert.Equal(path, (await again.QueryRealisationAsync(realisation.Id))!.OutputPath);
        await using var log = await again.OpenBuildLogAsync(derivation);
        Assert.Equal("line\n", await new StreamReader(log!).ReadToEndAsync());
        Assert.Null(await again.QueryPathInfoAsync(derivation));
    }

    [S3Fact]
    public async Task A_large_NAR_is_sent_in_parts()
    {
        await using var server = await S3Server.StartAsync();
        await using var cache = await OpenS3Async(server, "compression=none&multipart-upload=true&multipart-threshold=1000000&multipart-chunk-size=5242880");
        var bytes = new byte[12_000_000];
        new Random(20_000).NextBytes(bytes);
        Directory.CreateDirectory(Folder["in"]);
        await File.WriteAllBytesAsync(Folder["in/large"], bytes);
        var path = await cache.AddAsync(Folder["in/large"]);
        Assert.Equal(12_000_112, (await ReadNarAsync(cache, path)).Length);
        Assert.Contains("partNumber=3", server.ReadLog(), StringComparison.Ordinal);
    }

    [S3Fact]
    public async Task Buckets_of_the_same_name_elsewhere_are_not_taken_for_one_another()
    {
        await using var here = await S3Server.StartAsync();
        await using var there = await S3Server.StartAsync();
        await using var first = await OpenS3Async(here);
        var path = await first.AddTextAsync("text", "hello");
        await using var second = await OpenS3Async(there);
        Assert.Null(await second.QueryPathInfoAsync(path));
    }

    [S3Fact]
    public async Task A_folder_of_a_bucket_is_a_cache_of_its_own()
    {
        await using var server = await S3Server.StartAsync();
        await using var first = await OpenS3Async(server, folder: "/first");
        await using var second = await OpenS3Async(server, folder: "/second/one");
        var path = await first.AddTextAsync("text", "hello");
        Assert.Null(await second.QueryPathInfoAsync(path));
        Assert.Equal(path, await second.AddTextAsync("text", "hello"));
        Assert.Equal(await ReadNarAsync(first, path), await ReadNarAsync(second, path));
    }

    [S3Fact]
    public async Task Requests_are_signed_as_another_library_signs_them()
    {
        await using var server = new FakeCache(Folder["data"]);
        await using (var cache = await OpenS3Async(server.Host, "compression=none&region=eu-west-1&storage-class=STANDARD", credentials: new("ID", "secret", "token")))
        {
            await cache.AddAsync(Folder.Write("in/some=name+of?a-file", "hello"));
        }

        const string Script = """
            const aws4 = require('aws4'), request = JSON.parse(process.argv[1]);
            request.service = 's3';
            process.stdout.write(aws4.sign(request, { accessKeyId: 'ID', secretAccessKey: 'secret' }).headers.Authorization);
            """;
        foreach (var request in server.Requests)
        {
            var signed = request.Authorization!.Split("SignedHeaders=")[1].Split(',')[0].Split(';');
            var json = new JObject
            {
                ["method"] = request.Method,
                ["path"] = request.Path,
                ["region"] = "eu-west-1",
                ["headers"] = new JObject(signed.Select(name => new JProperty(name, request.Headers[name]))),
            };
            var options = new CommandLineOptions { WorkingFolder = S3Server.ModulesFolder };
            var theirs = await CommandLine.TryRunAsync(options, "node", "-e", Script, json.ToString(Formatting.None));
            Assert.Equal(theirs.Output.Replace(", ", ",", StringComparison.Ordinal), request.Authorization);
        }

        Assert.Equal(["GET", "HEAD", "PUT"], server.Requests.Select(static request => request.Method).Distinct().Order());
        Assert.All(server.Requests, static request => Assert.Equal("token", request.Headers["x-amz-security-token"]));
    }

    [S3Fact]
    public async Task A_key_that_the_server_does_not_know_is_named()
    {
        await using var server = await S3Server.StartAsync();
        var error = await Assert.ThrowsAsync<NixStoreException>(() => OpenS3Async(server, credentials: new("STRANGER", "wr0ng-secret")));
        Assert.Equal(NixErrorCodes.CacheAccessDenied, error.Code);
        Assert.Contains("InvalidAccessKeyId", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_that_does_not_fit_is_an_error_and_a_file_that_may_not_be_listed_is_missing()
    {
        await using var server = new FakeCache(Folder["data"]);
        Folder.Write("data/cache/nix-cache-info", "StoreDir: /nix/store\n");
        var code = "AccessDenied";
        server.Intercept = exchange => exchange.Request.Plain.EndsWith(".narinfo", StringComparison.Ordinal)
            && exchange.Answer(HttpStatusCode.Forbidden, $"<Error><Code>{code}</Code><Message>Why &amp; how</Message></Error>", ("Content-Type", "application/xml"));
        await using var cache = await OpenS3Async(server.Host);
        var stranger = StorePath.ParseBaseName($"{new string('s', 32)}-stranger");
        Assert.Null(await cache.QueryPathInfoAsync(stranger));
        code = "SignatureDoesNotMatch";
        await using var again = await OpenS3Async(server.Host, change: static options => options with { Refresh = true });
        var error = await Assert.ThrowsAsync<NixStoreException>(() => again.QueryPathInfoAsync(stranger));
        Assert.Equal(NixErrorCodes.CacheAccessDenied, error.Code);
        Assert.Contains("SignatureDoesNotMatch: Why & how", error.Message, StringComparison.Ordinal);
    }

    [S3Fact]
    public async Task A_bucket_that_is_not_there_is_named()
    {
        await using var server = await S3Server.StartAsync();
        var error = await Assert.ThrowsAsync<NixStoreException>(() => OpenAsync(
            $"s3://missing?endpoint={server.Endpoint}&scheme=http",
            static options => options with { AwsCredentials = Credentials }));
        Assert.Equal(NixErrorCodes.NotABinaryCache, error.Code);
        Assert.Contains("s3://missing", error.Message, StringComparison.Ordinal);
    }

    [S3Fact]
    public async Task Nix_reads_what_is_in_the_bucket()
    {
        var releases = Enum.GetValues<NixRelease>().Where(static release => release.WhyMissing() is null).ToList();
        Assert.NotEmpty(releases);
        await using var server = await S3Server.StartAsync();
        var key = SecretKey.Generate("test-1");
        StorePath path;
        await using (var cache = await OpenS3Async(server, $"compression=xz&secret-key={Folder.Write("key", key.Export())}"))
        {
            path = await cache.AddAsync(Folder.Write("in/hello", "hello"));
        }

        // Debian builds Nix without S3, but what may be read by everybody can be had over HTTP.
        var uri = $"http://{server.Endpoint}/{S3Server.Bucket}";
        foreach (var release in releases)
        {
            await RealNix.RunAsync(release, Folder[$"{release}"], "nix", "--option", "trusted-public-keys", key.ToPublicKey().ToString(), "copy", "--from", uri, path.ToString());
            Assert.Equal(0, (await RealNix.VerifyAsync(Folder[$"{release}"], release)).ExitCode);
        }
    }

    private Task<BinaryCacheStore> OpenS3Async(S3Server server, string parameters = "compression=none", string folder = "", AwsCredentials? credentials = null) =>
        OpenS3Async(server.Endpoint, parameters, folder, credentials);

    private Task<BinaryCacheStore> OpenS3Async(
        string endpoint,
        string parameters = "compression=none",
        string folder = "",
        AwsCredentials? credentials = null,
        Func<CacheOptions, CacheOptions>? change = null) => OpenAsync(
            $"s3://{S3Server.Bucket}{folder}?endpoint={endpoint}&scheme=http&{parameters}",
            options => (change ?? (static same => same))(options with { AwsCredentials = credentials ?? Credentials }));
}
