using System.Diagnostics;
using System.Net.Sockets;

namespace NixSharp.Testing;

/// <summary>A real <c>podman system service</c> with storage of its own. It loads and tags without cgroups; needs root.</summary>
public sealed class PodmanService : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    private PodmanService()
    {
        var start = new ProcessStartInfo("podman") { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[.. Storage, "system", "service", "--time", "0", Address])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>The socket, as <c>CONTAINER_HOST</c> names it.</summary>
    public string Address => $"unix://{Socket}";

    private string Socket => _folder["podman.sock"];

    private string[] Storage =>
        ["--root", _folder["root"], "--runroot", _folder["run"], "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "file"];

    public static async Task<PodmanService> StartAsync()
    {
        var service = new PodmanService();
        for (var attempt = 0; attempt < 400 && !service._process.HasExited; attempt++)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(service.Socket));
                return service;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        await service.DisposeAsync();
        throw new InvalidOperationException("podman system service did not start.");
    }

    /// <summary>Runs podman on the service's storage.</summary>
    public Task<string> RunAsync(params string[] arguments) => CommandLine.RunAsync("podman", [.. Storage, .. arguments]);

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
}
