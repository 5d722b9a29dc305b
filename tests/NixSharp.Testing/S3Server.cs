using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace NixSharp.Testing;

/// <summary>A real <c>s3rver</c> on loopback, with an empty bucket of its own.</summary>
public sealed class S3Server : IAsyncDisposable
{
    /// <summary>The name of the bucket.</summary>
    public const string Bucket = "cache";

    /// <summary>The one key that the server knows, and its secret.</summary>
    public const string Key = "S3RVER";

    private static readonly string Program = Path.Combine(ModulesFolder, ".bin", "s3rver");

    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    private S3Server(TemporaryFolder folder, Process process, int port)
    {
        _folder = folder;
        _process = process;
        Endpoint = $"127.0.0.1:{port}";
    }

    /// <summary>The folder of the server and of what it brings with it.</summary>
    public static string ModulesFolder => Path.Combine(NixReleases.CacheFolder, "s3rver", "node_modules");

    /// <summary><c>127.0.0.1:PORT</c>.</summary>
    public string Endpoint { get; }

    /// <summary>Says why the server cannot be run; null where it can.</summary>
    public static string? WhyMissing() =>
        Requirements.WhyMissing(["node"]) ?? (File.Exists(Program) ? null : $"needs s3rver in {Path.GetDirectoryName(Program)}; ./build.sh test installs it where npm is");

    /// <summary>Starts a server.</summary>
    public static async Task<S3Server> StartAsync()
    {
        var folder = new TemporaryFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var start = new ProcessStartInfo("sh") { UseShellExecute = false };
        foreach (var argument in (string[])["-c", "exec \"$1\" -d \"$2\" -a 127.0.0.1 -p \"$3\" --configure-bucket \"$4\" >\"$5\" 2>&1", "sh", Program, folder["data"], $"{port}", Bucket, folder["log"]])
        {
            start.ArgumentList.Add(argument);
        }

        var server = new S3Server(folder, Process.Start(start)!, port);
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>What the server has logged so far: a line for each request.</summary>
    public string ReadLog() => File.ReadAllText(_folder["log"]);

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

    private async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient();
        for (var attempt = 0; attempt < 400 && !_process.HasExited; attempt++)
        {
            try
            {
                using var response = await client.GetAsync(new Uri($"http://{Endpoint}/{Bucket}/nix-cache-info"));
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50);
            }
        }

        var log = ReadLog();
        await DisposeAsync();
        throw new InvalidOperationException($"s3rver did not start:\n{log}");
    }
}
