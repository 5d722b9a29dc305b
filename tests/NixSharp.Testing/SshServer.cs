using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NixSharp.Testing;

/// <summary>A real <c>sshd</c> on loopback for this user, with keys and configuration of its own.</summary>
public sealed class SshServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    private SshServer(TemporaryFolder folder, Process process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>The private key that the server lets in.</summary>
    public string Key => _folder["client"];

    /// <summary>The server's public key as URIs have it.</summary>
    public string HostKey => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(string.Join(' ', File.ReadAllText(_folder["host.pub"]).Split(' ')[..2])));

    /// <summary>The URI of a store behind the server, with the parameters that let this test in.</summary>
    public string UriOf(string parameters) => string.Create(
        CultureInfo.InvariantCulture,
        $"ssh-ng://{Environment.UserName}@127.0.0.1:{Port}?ssh-key={Key}&base64-ssh-public-host-key={Uri.EscapeDataString(HostKey)}&{parameters}");

    /// <summary>Starts a server.</summary>
    public static async Task<SshServer> StartAsync()
    {
        var folder = new TemporaryFolder();
        var port = FreePort();
        foreach (var key in (string[])["host", "client"])
        {
            await CommandLine.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder[key]);
        }

        File.Copy(folder["client.pub"], folder["authorized"]);
        var configuration = folder.Write(
            "sshd_config",
            string.Create(CultureInfo.InvariantCulture, $"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder["host"]}\nAuthorizedKeysFile {folder["authorized"]}\nPidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"));

        // Without this folder root's sshd does not start; Debian makes it when the service starts.
        if (Environment.UserName == "root")
        {
            Directory.CreateDirectory("/run/sshd");
        }

        var start = new ProcessStartInfo(Requirements.Find("sshd") ?? "/usr/sbin/sshd") { UseShellExecute = false };
        foreach (var argument in (string[])["-D", "-f", configuration, "-E", folder["sshd.log"]])
        {
            start.ArgumentList.Add(argument);
        }

        var server = new SshServer(folder, Process.Start(start)!, port);
        await server.WaitUntilReadyAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
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

    private async Task WaitUntilReadyAsync()
    {
        for (var attempt = 0; attempt < 200 && !_process.HasExited; attempt++)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(25);
            }
        }

        var log = File.Exists(_folder["sshd.log"]) ? await File.ReadAllTextAsync(_folder["sshd.log"]) : "";
        await DisposeAsync();
        throw new InvalidOperationException($"sshd did not start:\n{log}");
    }
}
