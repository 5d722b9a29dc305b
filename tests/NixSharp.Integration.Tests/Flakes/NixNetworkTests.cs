using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using NixSharp.Flakes;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Flakes;

public sealed class NixNetworkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpListener _listener = new();
    private readonly List<string> _log = [];
    private readonly string _address = $"http://127.0.0.1:{FreePort()}/";
    private int _requests;

    public void Dispose()
    {
        _listener.Close();
        _folder.Dispose();
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_a_server_refuses_in_passing_is_asked_for_again(NixRelease nix)
    {
        Serve(static request => request switch
        {
            1 => 429,
            2 => 503,
            _ => 200,
        });
        var metadata = await new NixClient(Options(nix)).GetFlakeMetadataAsync(_address + "app.tar.gz");
        Assert.Equal("served", metadata["description"]);
        Assert.Equal(2, _log.Count(static line => line.StartsWith("nix could not download", StringComparison.Ordinal)));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_limit_that_stays_is_a_coded_error(NixRelease nix)
    {
        Serve(static _ => 429);
        var error = await Assert.ThrowsAsync<NixCommandException>(() => new NixClient(Options(nix) with { Attempts = 2 }).GetFlakeMetadataAsync(_address + "app.tar.gz"));
        Assert.Equal(NixErrorCodes.NixDownloadFailed, error.Code);
        Assert.Contains("access-tokens", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, _requests);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_is_not_there_is_asked_for_once(NixRelease nix)
    {
        Serve(static _ => 404);
        var error = await Assert.ThrowsAsync<NixCommandException>(() => new NixClient(Options(nix)).GetFlakeMetadataAsync(_address + "app.tar.gz"));
        Assert.Equal(NixErrorCodes.FlakeFailed, error.Code);
        Assert.Equal(1, _requests);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Tokens_reach_nix_and_no_log(NixRelease nix)
    {
        _folder.Write("app/flake.nix", "{ outputs = _: { token = builtins.getEnv \"NIX_CONFIG\"; fails = throw \"it is tok-4711\"; }; }");
        var client = new NixClient(Options(nix) with { Impure = true, AccessTokens = new Dictionary<string, string> { ["git.example.org"] = "tok-4711" } });
        Assert.Contains("\nextra-access-tokens = git.example.org=tok-4711\n", await client.EvalRawAsync($"path:{_folder["app"]}#token"), StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<NixCommandException>(() => client.EvalAsync($"path:{_folder["app"]}#fails"));
        Assert.Contains("it is ***", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("tok-4711", error.ToString() + string.Concat(_log), StringComparison.Ordinal);
    }

    [RequiresFact("nix")]
    public async Task The_client_finds_tokens_itself_and_keeps_them_to_itself()
    {
        _folder.Write("netrc", "machine git.example.org login x password tok-found\n");
        _folder.Write("app/flake.nix", "{ outputs = _: { token = builtins.getEnv \"NIX_CONFIG\"; fails = throw \"it is tok-found\"; }; }");
        var before = Environment.GetEnvironmentVariable("NETRC");
        Environment.SetEnvironmentVariable("NETRC", _folder["netrc"]);
        try
        {
            var client = new NixClient(Options(NixRelease.Machine) with { Impure = true, FindTokensFor = ["git.example.org"] });
            Assert.Contains("\nextra-access-tokens = git.example.org=tok-found\n", await client.EvalRawAsync($"path:{_folder["app"]}#token"), StringComparison.Ordinal);
            var error = await Assert.ThrowsAsync<NixCommandException>(() => client.EvalAsync($"path:{_folder["app"]}#fails"));
            Assert.DoesNotContain("tok-found", error.ToString() + string.Concat(_log), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("NETRC", before);
        }
    }

    private NixOptions Options(NixRelease nix) => new()
    {
        Program = nix.PathOf("nix"),
        Store = _folder["store"],
        RetryDelay = TimeSpan.FromMilliseconds(20),
        Log = new Lines(_log),
        Config = new Dictionary<string, string> { ["download-attempts"] = "1", ["substituters"] = "", ["flake-registry"] = "", ["sandbox"] = "false", ["build-users-group"] = "" },
    };

    private void Serve(Func<int, int> status)
    {
        _listener.Prefixes.Add(_address);
        _listener.Start();
        _ = Task.Run(async () =>
        {
            while (_listener.IsListening)
            {
                try
                {
                    var context = await _listener.GetContextAsync();
                    context.Response.StatusCode = status(Interlocked.Increment(ref _requests));
                    if (context.Response.StatusCode == 200)
                    {
                        await context.Response.OutputStream.WriteAsync(Archive());
                    }

                    context.Response.Close();
                }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        });
    }

    private static byte[] Archive()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, "app/"));
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "app/flake.nix")
            {
                DataStream = new MemoryStream("{ description = \"served\"; outputs = _: { }; }"u8.ToArray()),
            });
        }

        return bytes.ToArray();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Lines(List<string> lines) : IProgress<string>
    {
        public void Report(string value)
        {
            lock (lines)
            {
                lines.Add(value);
            }
        }
    }
}
