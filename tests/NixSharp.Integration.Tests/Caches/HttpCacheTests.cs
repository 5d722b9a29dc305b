using System.Net;
using System.Text;
using NixSharp.StorePaths;
using NixSharp.Stores;
using Xunit;

namespace NixSharp.Integration.Tests.Caches;

public sealed class HttpCacheTests : WebFixture
{
    private static readonly StorePath Stranger = StorePath.ParseBaseName($"{new string('s', 32)}-stranger");

    [Fact]
    public async Task A_cache_is_written_and_read_over_HTTP()
    {
        await using var server = new FakeCache(Folder["cache"]);
        StorePath path;
        await using (var cache = await OpenAsync($"{server.Uri}?compression=zstd&write-nar-listing=true"))
        {
            path = await cache.AddAsync(Folder.Write("in/hello", "hello"));
            await cache.AddBuildLogAsync(Stranger, new MemoryStream("line\n"u8.ToArray()));
        }

        Assert.True(File.Exists(Folder["cache/nix-cache-info"]));
        Assert.True(File.Exists(Folder[$"cache/{path.HashPart}.ls"]));
        await using var folder = await NixStore.OpenAsync($"file://{Folder["cache"]}");
        await using var again = await OpenAsync(server.Uri);
        Assert.Equal(await ReadNarAsync(folder, path), await ReadNarAsync(again, path));
        await using var log = await again.OpenBuildLogAsync(Stranger);
        Assert.Equal("line\n", await new StreamReader(log!).ReadToEndAsync());
    }

    [Fact]
    public async Task The_narinfo_is_written_last()
    {
        await using var server = new FakeCache(Folder["cache"]);
        await using var cache = await OpenAsync($"{server.Uri}?compression=none&write-nar-listing=true");
        await cache.AddTextAsync("text", "hello");
        var put = server.Requests.Where(static request => request.Method == "PUT").Select(static request => Path.GetExtension(request.Plain)).ToList();
        Assert.Equal(["", ".nar", ".ls", ".narinfo"], put);
    }

    [Fact]
    public async Task A_large_NAR_is_sent_from_a_file_and_again_where_the_server_was_busy()
    {
        await using var server = new FakeCache(Folder["cache"]);
        var refused = 0;
        server.Intercept = exchange => exchange.Request is { Method: "PUT" } request && request.Plain.EndsWith(".nar", StringComparison.Ordinal)
            && refused++ < 2 && exchange.Answer(HttpStatusCode.ServiceUnavailable, "", ("Retry-After", "0"));
        await using var cache = await OpenAsync($"{server.Uri}?compression=none");
        var path = await cache.AddAsync(Folder.Write("in/large", new string('x', 3_000_000)));
        Assert.Equal(3, refused);
        Assert.Equal(3_000_112, (await ReadNarAsync(cache, path)).Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(300_000)]
    public async Task A_broken_download_goes_on_where_it_broke_off(int count)
    {
        var path = await FillAsync();
        await using var server = new FakeCache(Folder["cache"]);
        var offsets = new List<int?>();
        server.InterceptNars((exchange, bytes) =>
        {
            offsets.Add(FakeCache.Offset(exchange.Request));
            return offsets.Count == 1 && exchange.AnswerPartly(HttpStatusCode.OK, bytes, count, ("ETag", FakeCache.TagOf(bytes)));
        });
        await using var cache = await OpenAsync(server.Uri);
        await using var folder = await NixStore.OpenAsync($"file://{Folder["cache"]}");
        Assert.Equal(await ReadNarAsync(folder, path), await ReadNarAsync(cache, path));
        Assert.Equal([null, count], offsets);
        Assert.Equal(FakeCache.TagOf(await File.ReadAllBytesAsync(server.FileOf(server.Requests.Last()))), server.Requests.Last().Headers["If-Range"]);
    }

    [Fact]
    public async Task A_download_that_breaks_often_ends_as_long_as_it_advances()
    {
        var path = await FillAsync("xz");
        await using var server = new FakeCache(Folder["cache"]);
        server.InterceptNars((exchange, bytes) =>
        {
            var from = FakeCache.Offset(exchange.Request) ?? 0;
            var rest = bytes[from..];
            return exchange.AnswerPartly(
                from == 0 ? HttpStatusCode.OK : HttpStatusCode.PartialContent,
                rest,
                Math.Min(rest.Length, 20_000),
                ("ETag", FakeCache.TagOf(bytes)),
                ("Content-Range", $"bytes {from}-{bytes.Length - 1}/{bytes.Length}"));
        });
        await using var cache = await OpenAsync(server.Uri);
        Assert.Equal(300_112, (await ReadNarAsync(cache, path)).Length);
        Assert.InRange(server.Requests.Count(static request => request.Plain.StartsWith("/nar/", StringComparison.Ordinal)), 15, 20);
    }

    [Fact]
    public async Task A_server_without_ranges_is_read_from_the_start_again()
    {
        var path = await FillAsync();
        await using var server = new FakeCache(Folder["cache"]);
        var broken = 0;
        server.InterceptNars((exchange, bytes) =>
        {
            return broken++ == 0 ? exchange.AnswerPartly(HttpStatusCode.OK, bytes, 200_000) : exchange.Answer(HttpStatusCode.OK, bytes);
        });
        await using var cache = await OpenAsync(server.Uri);
        Assert.Equal(300_112, (await ReadNarAsync(cache, path)).Length);
    }

    [Fact]
    public async Task A_file_that_is_replaced_on_the_way_is_refused()
    {
        var path = await FillAsync();
        await using var server = new FakeCache(Folder["cache"]);
        var asked = 0;
        server.InterceptNars((exchange, bytes) =>
        {
            return asked++ == 0
                ? exchange.AnswerPartly(HttpStatusCode.OK, bytes, 100_000, ("ETag", "\"old\""))
                : exchange.Answer(HttpStatusCode.OK, bytes, ("ETag", "\"new\""));
        });
        await using var cache = await OpenAsync(server.Uri);
        var error = await Assert.ThrowsAsync<NixStoreException>(() => ReadNarAsync(cache, path));
        Assert.Equal(NixErrorCodes.CacheAnswer, error.Code);
        Assert.Contains("replaced", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bytes 5-9/300112")]
    [InlineData("bytes 100000-299999/300000")]
    public async Task Other_bytes_than_were_asked_for_are_refused(string range)
    {
        var path = await FillAsync();
        await using var server = new FakeCache(Folder["cache"]);
        var asked = 0;
        server.InterceptNars((exchange, bytes) =>
        {
            return asked++ == 0
                ? exchange.AnswerPartly(HttpStatusCode.OK, bytes, 100_000)
                : exchange.Answer(HttpStatusCode.PartialContent, bytes[5..], ("Content-Range", range));
        });
        await using var cache = await OpenAsync(server.Uri);
        var error = await Assert.ThrowsAsync<NixStoreException>(() => ReadNarAsync(cache, path));
        Assert.Equal(NixErrorCodes.CacheAnswer, error.Code);
    }

    [Theory]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.GatewayTimeout)]
    public async Task A_busy_server_is_asked_again_when_it_says(HttpStatusCode status)
    {
        var path = await FillAsync();
        await using var server = new FakeCache(Folder["cache"]);
        var busy = 0;
        server.Intercept = exchange => busy++ % 3 < 2 && exchange.Answer(status, "", ("Retry-After", "0"));

        // Without Retry-After being heeded, this would take hours.
        await using var cache = await OpenAsync(server.Uri, static options => options with { RetryDelay = TimeSpan.FromHours(1) });
        Assert.NotNull(await cache.QueryPathInfoAsync(path));
        Assert.Equal(6, server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_stays_busy_is_given_up()
    {
        await using var server = new FakeCache(Folder["cache"]);
        server.Intercept = static exchange => exchange.Answer(HttpStatusCode.ServiceUnavailable);
        var error = await Assert.ThrowsAsync<NixStoreException>(() => OpenAsync(server.Uri, static options => options with { MaxAttempts = 3 }));
        Assert.Equal(NixErrorCodes.CacheUnreachable, error.Code);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_place_without_a_cache_is_none()
    {
        await using var server = new FakeCache(Folder["cache"]);
        server.Intercept = static exchange => exchange.Request.Method == "PUT" && exchange.Answer(HttpStatusCode.MethodNotAllowed);
        var error = await Assert.ThrowsAsync<NixStoreException>(() => OpenAsync($"{server.Uri}/nowhere"));
        Assert.Equal(NixErrorCodes.NotABinaryCache, error.Code);
        Assert.Contains("/nowhere", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.Gone)]
    public async Task What_a_server_does_not_show_is_not_there(HttpStatusCode status)
    {
        await FillAsync();
        await using var server = new FakeCache(Folder["cache"]);
        server.Intercept = exchange => exchange.Request.Plain.EndsWith(".narinfo", StringComparison.Ordinal) && exchange.Answer(status);
        await using var cache = await OpenAsync(server.Uri);
        Assert.Null(await cache.QueryPathInfoAsync(Stranger));
    }

    [Fact]
    public async Task A_private_cache_gets_the_credentials_of_the_netrc_file_or_the_URI()
    {
        var path = await FillAsync();
        await using var server = new FakeCache(Folder["cache"]);
        var expected = $"Basic {Convert.ToBase64String("alice:s3cret"u8)}";
        server.Intercept = exchange => exchange.Request.Authorization != expected && exchange.Answer(HttpStatusCode.Unauthorized);
        var refused = await Assert.ThrowsAsync<NixStoreException>(() => OpenAsync(server.Uri));
        Assert.Equal(NixErrorCodes.CacheAccessDenied, refused.Code);
        Assert.Contains(Folder["netrc"], refused.Message, StringComparison.Ordinal);

        var netrc = Folder.Write("private", "machine 127.0.0.1 login alice password s3cret");
        await using (var cache = await OpenAsync(server.Uri, options => options with { NetrcFile = netrc }))
        {
            Assert.NotEmpty(await ReadNarAsync(cache, path));
        }

        await using var other = await OpenAsync($"http://alice:s3cret@{server.Host}", static options => options with { RememberLookups = false });
        Assert.NotNull(await other.QueryPathInfoAsync(path));
        Assert.DoesNotContain("s3cret", other.Uri, StringComparison.Ordinal);
        var wrong = await Assert.ThrowsAsync<NixStoreException>(() => OpenAsync($"http://alice:wr0ng@{server.Host}", static options => options with { RememberLookups = false }));
        Assert.DoesNotContain("wr0ng", wrong.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_are_shown_to_no_other_server()
    {
        var path = await FillAsync();
        await using var elsewhere = new FakeCache(Folder["cache"]);
        await using var server = new FakeCache(Folder["cache"]);
        server.Intercept = exchange => exchange.Request.Plain.StartsWith("/nar/", StringComparison.Ordinal)
            && exchange.Answer(HttpStatusCode.Found, "", ("Location", $"{elsewhere.Uri}{exchange.Request.Path}"));
        await using var cache = await OpenAsync($"http://alice:s3cret@{server.Host}");
        Assert.NotEmpty(await ReadNarAsync(cache, path));
        Assert.All(server.Requests, static request => Assert.NotNull(request.Authorization));
        Assert.Null(Assert.Single(elsewhere.Requests).Authorization);
    }

    [Fact]
    public async Task Redirects_in_a_circle_end()
    {
        await using var server = new FakeCache(Folder["cache"]);
        server.Intercept = static exchange => exchange.Answer(HttpStatusCode.Found, "", ("Location", exchange.Request.Path));
        var error = await Assert.ThrowsAsync<NixStoreException>(() => OpenAsync(server.Uri));
        Assert.Equal(NixErrorCodes.CacheAnswer, error.Code);
        Assert.InRange(server.Requests.Count, 2, 30);
    }

    [Fact]
    public async Task NARs_may_be_on_another_server()
    {
        var path = await FillAsync();
        await using var elsewhere = new FakeCache(Folder["cache"]);
        var file = Folder[$"cache/{path.HashPart}.narinfo"];
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("URL: nar/", $"URL: {elsewhere.Uri}/nar/", StringComparison.Ordinal));
        await using var server = new FakeCache(Folder["cache"]);
        await using var cache = await OpenAsync($"http://alice:s3cret@{server.Host}");
        Assert.NotEmpty(await ReadNarAsync(cache, path));
        Assert.Null(Assert.Single(elsewhere.Requests).Authorization);
    }

    [Fact]
    public async Task A_narinfo_without_end_is_not_read_to_its_end()
    {
        await FillAsync();
        await using var server = new FakeCache(Folder["cache"]);
        server.Intercept = static exchange => exchange.Request.Plain.EndsWith(".narinfo", StringComparison.Ordinal) && exchange.Answer(HttpStatusCode.OK, new byte[20 << 20]);
        await using var cache = await OpenAsync(server.Uri);
        var error = await Assert.ThrowsAsync<NixStoreException>(() => cache.QueryPathInfoAsync(Stranger));
        Assert.Equal(NixErrorCodes.CacheFileDamaged, error.Code);
    }

    [Fact]
    public async Task A_server_that_lies_about_a_NAR_is_found_out()
    {
        var path = await FillAsync();
        await using var server = new FakeCache(Folder["cache"]);
        server.Intercept = exchange => exchange.Request.Plain.StartsWith("/nar/", StringComparison.Ordinal) && exchange.Answer(HttpStatusCode.OK, new byte[300_112]);
        await using var cache = await OpenAsync(server.Uri);
        var error = await Assert.ThrowsAsync<NixStoreException>(() => ReadNarAsync(cache, path));
        Assert.Equal(NixErrorCodes.NarMismatch, error.Code);
    }

    [Fact]
    public async Task Files_that_the_server_has_encoded_are_decoded()
    {
        var path = await FillAsync();
        await using var server = new FakeCache(Folder["cache"]);
        server.Intercept = exchange =>
        {
            var file = server.FileOf(exchange.Request);
            if (exchange.Request.Method != "GET" || !File.Exists(file))
            {
                return false;
            }

            using var encoded = new MemoryStream();
            using (var gzip = new System.IO.Compression.GZipStream(encoded, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
            {
                gzip.Write(File.ReadAllBytes(file));
            }

            return exchange.Answer(HttpStatusCode.OK, encoded.ToArray(), ("Content-Encoding", "gzip"));
        };
        await using var cache = await OpenAsync(server.Uri);
        Assert.Equal(300_112, (await ReadNarAsync(cache, path)).Length);
    }

    [Fact]
    public async Task A_silent_server_is_given_up_and_waiting_can_be_cancelled()
    {
        var path = await FillAsync();
        await using var server = new FakeCache(Folder["cache"]);
        server.Intercept = exchange =>
        {
            if (exchange.Request.Plain.StartsWith("/nar/", StringComparison.Ordinal))
            {
                server.Closing.Wait();
                return true;
            }

            return false;
        };
        await using (var impatient = await OpenAsync(server.Uri, static options => options with { Timeout = TimeSpan.FromSeconds(2), MaxAttempts = 1 }))
        {
            var error = await Assert.ThrowsAsync<NixStoreException>(() => ReadNarAsync(impatient, path));
            Assert.Equal(NixErrorCodes.CacheUnreachable, error.Code);
            Assert.Contains("no sign of life", error.Message, StringComparison.Ordinal);
        }

        await using var patient = await OpenAsync(server.Uri);
        using var cancel = new CancellationTokenSource();
        var reading = ReadNarAsync(patient, path, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task A_server_that_stops_taking_an_upload_is_given_up()
    {
        await using var server = new FakeCache(Folder["cache"]);
        server.Intercept = exchange =>
        {
            if (exchange.Request is { Method: "PUT" } request && request.Plain.StartsWith("/nar/", StringComparison.Ordinal))
            {
                exchange.ReadBeginning(1000);
                server.Closing.Wait();
                return true;
            }

            return false;
        };
        await using var cache = await OpenAsync($"{server.Uri}?compression=none", static options => options with { Timeout = TimeSpan.FromSeconds(2), MaxAttempts = 1 });
        var error = await Assert.ThrowsAsync<NixStoreException>(() => cache.AddAsync(Folder.Write("in/large", new string('x', 30_000_000))));
        Assert.Equal(NixErrorCodes.CacheUnreachable, error.Code);
    }

    [Fact]
    public async Task Lookups_are_remembered_until_a_refresh()
    {
        var path = await FillAsync();
        await using var server = new FakeCache(Folder["cache"]);
        for (var round = 0; round < 2; round++)
        {
            await using var cache = await OpenAsync(server.Uri);
            Assert.Equal([path], (await cache.QueryPathInfosAsync([path, Stranger])).Keys);
        }

        Assert.Equal((2, 1), (server.Count(".narinfo"), server.Count("nix-cache-info")));
        await using (var forgetful = await OpenAsync(server.Uri, static options => options with { RememberLookups = false }))
        {
            Assert.NotNull(await forgetful.QueryPathInfoAsync(path));
        }

        await using (var fresh = await OpenAsync(server.Uri, static options => options with { Refresh = true }))
        {
            Assert.Null(await fresh.QueryPathInfoAsync(Stranger));
        }

        Assert.Equal((4, 3), (server.Count(".narinfo"), server.Count("nix-cache-info")));
    }

    [Fact]
    public async Task What_was_remembered_and_is_gone_is_asked_for_again()
    {
        var path = await FillAsync();
        await using var server = new FakeCache(Folder["cache"]);
        await using (var cache = await OpenAsync(server.Uri))
        {
            Assert.NotNull(await cache.QueryPathInfoAsync(path));
        }

        Directory.Delete(Folder["cache/nar"], recursive: true);
        File.Delete(Folder[$"cache/{path.HashPart}.narinfo"]);
        await using var after = await OpenAsync(server.Uri);
        Assert.Equal(NixErrorCodes.CacheFileDamaged, (await Assert.ThrowsAsync<NixStoreException>(() => ReadNarAsync(after, path))).Code);
        Assert.Null(await after.QueryPathInfoAsync(path));
    }

    [Fact]
    public async Task What_was_missing_and_is_added_is_there()
    {
        await using var server = new FakeCache(Folder["cache"]);
        await using var cache = await OpenAsync($"{server.Uri}?compression=none");
        var path = await cache.AddTextAsync("text", "hello");
        await using var again = await OpenAsync(server.Uri);
        Assert.NotNull(await again.QueryPathInfoAsync(path));
        Assert.Contains("hello", Encoding.UTF8.GetString(await ReadNarAsync(again, path)), StringComparison.Ordinal);
    }
}
