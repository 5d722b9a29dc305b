using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using NixSharp.Integration.Tests.Tool;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Serving;

public sealed class ServeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();

    private string Store => _folder["store"];

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [RequiresTheory("kill")]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task It_stops_when_asked_and_lets_what_is_under_way_finish(string signal)
    {
        var path = await AddAsync("large", 60_000_000);
        await using var server = await ServeProcess.StartAsync(Store, "--compression", "none");
        using var response = await _client.GetAsync(await NarUrlAsync(server, path), HttpCompletionOption.ResponseHeadersRead);
        var stopping = server.StopAsync(signal);
        var nar = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(response.Content.Headers.ContentLength, nar.Length);
        Assert.Equal(0, (await stopping).ExitCode);
    }

    [Fact]
    public async Task A_client_that_hangs_up_harms_nobody_else()
    {
        var path = await AddAsync("large", 60_000_000);
        await using var server = await ServeProcess.StartAsync(Store, "--compression", "none");
        var url = await NarUrlAsync(server, path);
        for (var i = 0; i < 3; i++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(url.Host, url.Port);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {url.AbsolutePath} HTTP/1.1\r\nHost: x\r\n\r\n"));
            await socket.GetStream().ReadExactlyAsync(new byte[1000]);
            socket.Client.Close(0);
        }

        Assert.True((await _client.GetByteArrayAsync(url)).Length > 60_000_000);
        var (exitCode, errors) = await server.StopAsync();
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("broken off", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_that_broke_off_goes_on_where_it_ended()
    {
        var path = await AddAsync("large", 1_000_000);
        await using var server = await ServeProcess.StartAsync(Store, "--compression", "none");
        var url = await NarUrlAsync(server, path);
        var whole = await _client.GetByteArrayAsync(url);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Range = new RangeHeaderValue(400_000, null);
        using var response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(whole[400_000..], await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/../../../../etc/passwd")]
    [InlineData("/nar/../../../etc/passwd")]
    [InlineData("/nar/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/nar/..%2f..%2fetc%2fpasswd")]
    [InlineData("/%2e%2e%2fvar/nix/db/db.sqlite")]
    public async Task No_URL_leads_out_of_the_cache(string path)
    {
        await using var server = await ServeProcess.StartAsync(Store);
        var answer = await SendAsync(server, $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_that_are_too_large_or_no_requests_are_refused()
    {
        await using var server = await ServeProcess.StartAsync(Store);
        var header = new string('x', 100_000);
        Assert.StartsWith("HTTP/1.1 431", await SendAsync(server, $"GET / HTTP/1.1\r\nHost: x\r\nX: {header}\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 414", await SendAsync(server, $"GET /{header} HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await SendAsync(server, "nonsense\r\n\r\n"), StringComparison.Ordinal);
        Assert.Contains("StoreDir: /nix/store", await _client.GetStringAsync(new Uri($"{server.Url}/nix-cache-info")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_coded_error()
    {
        await using var server = await ServeProcess.StartAsync(Store);
        var result = await NixSharpProgram.TryRunAsync("serve", "--store", Store, "--port", new Uri(server.Url).Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("NIXS1071", result.Error, StringComparison.Ordinal);
        Assert.Contains("NIXS1071", (await NixSharpProgram.TryRunAsync("serve", "--store", Store, "--port", "0", "--listen", "203.0.113.1")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--compression lzip", "NIXS1068")]
    [InlineData("--compression zstd:99", "NIXS1068")]
    [InlineData("--compression zstd:high", "NIXS7004")]
    [InlineData("--secret-key-file none", "NIXS1008")]
    [InlineData("--users none", "NIXS1008")]
    [InlineData("--trusted-public-key x", "NIXS1061")]
    public async Task A_setting_that_makes_no_sense_is_found_before_anything_is_served(string arguments, string code)
    {
        var result = await NixSharpProgram.TryRunAsync(["serve", "--store", Store, "--port", "0", .. arguments.Split(' ')]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    private async Task<StorePath> AddAsync(string name, int size)
    {
        await using var store = await NixStore.OpenAsync(Store);
        return await store.AddAsync(_folder.Write(name, string.Create(size, 0, static (span, _) => span.Fill('x'))));
    }

    private async Task<Uri> NarUrlAsync(ServeProcess server, StorePath path)
    {
        var narInfo = NarInfo.Parse(await _client.GetByteArrayAsync(new Uri($"{server.Url}/{path.HashPart}.narinfo")));
        return new Uri($"{server.Url}/{narInfo.Url}");
    }

    private static async Task<string> SendAsync(ServeProcess server, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(server.Url).Port);
        var stream = socket.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        }
        catch (IOException)
        {
            // Refused before all of it was sent.
        }

        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync() ?? "";
    }
}
