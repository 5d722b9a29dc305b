using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace NixSharp.Testing;

/// <summary>A real <c>docker-registry</c> on loopback, with its own empty storage.</summary>
public sealed class RegistryServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    private RegistryServer(TemporaryFolder folder, Process process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary><c>127.0.0.1:PORT</c>.</summary>
    public string Host => $"127.0.0.1:{Port}";

    /// <summary>Where the requests were logged: one line each, so that tests can count uploads.</summary>
    public string LogFile => _folder["registry.log"];

    /// <summary>Starts a registry; <paramref name="htpasswd"/> (bcrypt lines) puts it behind basic authentication.</summary>
    public static Task<RegistryServer> StartAsync(string? htpasswd = null) => StartAsync(new RegistryServerOptions { Htpasswd = htpasswd });

    /// <summary>Starts a registry.</summary>
    public static async Task<RegistryServer> StartAsync(RegistryServerOptions options)
    {
        var folder = new TemporaryFolder();
        var port = FreePort();
        var tls = "";
        if (options.Authority is { } authority)
        {
            var (certificate, key) = authority.IssueServer(folder.Path);
            tls = $"  tls:\n    certificate: {certificate}\n    key: {key}\n";
            if (options.WantsClientCertificate)
            {
                tls += $"    clientcas:\n      - {folder.Write("clients.crt", authority.Pem)}\n";
            }
        }

        var config = folder.Write("config.yml",
            "version: 0.1\nlog:\n  level: info\n  accesslog:\n    disabled: false\n" +
            $"storage:\n  filesystem:\n    rootdirectory: {folder["storage"]}\n  delete:\n    enabled: {(options.Deletes ? "true" : "false")}\n" +
            $"http:\n  addr: 127.0.0.1:{port}\n{tls}{Authentication(options, folder)}");
        var start = new ProcessStartInfo("sh") { UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec docker-registry serve \"$1\" >\"$2\" 2>&1");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(config);
        start.ArgumentList.Add(folder["registry.log"]);
        start.Environment["OTEL_TRACES_EXPORTER"] = "none";
        var server = new RegistryServer(folder, Process.Start(start)!, port);
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>The lines of the access log so far that contain all of <paramref name="parts"/>.</summary>
    public IReadOnlyList<string> Requests(params string[] parts) =>
        [.. File.ReadAllLines(LogFile).Where(line => line.Contains("HTTP/", StringComparison.Ordinal) && parts.All(part => line.Contains(part, StringComparison.Ordinal)))];

    /// <summary>The blobs of a repository, in hexadecimal, as they are on its disk.</summary>
    public IReadOnlySet<string> Blobs(string repository)
    {
        var folder = _folder[$"storage/docker/registry/v2/repositories/{repository}/_layers/sha256"];
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(blob => Path.GetFileName(blob)).ToHashSet() : new HashSet<string>();
    }

    /// <summary>Loses a blob of a repository, as a disk might.</summary>
    public void ForgetBlob(string repository, string hex)
    {
        Directory.Delete(_folder[$"storage/docker/registry/v2/repositories/{repository}/_layers/sha256/{hex}"], recursive: true);
        Directory.Delete(_folder[$"storage/docker/registry/v2/blobs/sha256/{hex[..2]}/{hex}"], recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Authentication(RegistryServerOptions options, TemporaryFolder folder) => options switch
    {
        { Htpasswd: { } htpasswd } => $"auth:\n  htpasswd:\n    realm: test\n    path: {folder.Write("htpasswd", htpasswd)}\n",
        { Tokens: { } tokens } => $"auth:\n  token:\n    realm: {tokens.Realm}\n    service: {TestTokenServer.Service}\n    issuer: {TestTokenServer.Issuer}\n    rootcertbundle: {folder.Write("tokens.crt", tokens.Pem)}\n",
        _ => "",
    };

    private async Task WaitUntilReadyAsync()
    {
        for (var attempt = 0; attempt < 200 && !_process.HasExited; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        var log = await File.ReadAllTextAsync(LogFile);
        await DisposeAsync();
        throw new InvalidOperationException($"docker-registry did not start:\n{log}");
    }
}
