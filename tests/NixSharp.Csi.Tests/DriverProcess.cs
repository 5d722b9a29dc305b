using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;

namespace NixSharp.Csi.Tests;

/// <summary>A driver in a process of its own.</summary>
internal sealed class DriverProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private bool _isDisposed;

    private DriverProcess(Process process, string socket)
    {
        _process = process;
        Client = new CsiClient(socket);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                _log.Enqueue(text);
            }
        };
        process.BeginErrorReadLine();
    }

    public CsiClient Client { get; }

    public int Id => _process.Id;

    /// <summary>The lines that the driver has logged.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>Starts <c>nixsharp csi serve</c>, and waits until it is ready.</summary>
    public static Task<DriverProcess> StartToolAsync(string socket, params IReadOnlyList<string> arguments) =>
        StartAsync(socket, [Path.Combine(AppContext.BaseDirectory, "nixsharp.dll"), "csi", "serve", .. arguments]);

    /// <summary>Starts the driver with a Controller service, and waits until it is ready.</summary>
    public static Task<DriverProcess> StartHostAsync(string socket, params IReadOnlyList<string> arguments) =>
        StartAsync(socket, [typeof(DriverProcess).Assembly.Location, "--endpoint", $"unix://{socket}", .. arguments]);

    /// <summary>Ends the driver at once, without a last word.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks the driver to end, and waits until it has.</summary>
    public async Task<int> TerminateAsync()
    {
        using (Process.Start("kill", ["-TERM", $"{_process.Id}"]))
        {
        }

        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Client.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static async Task<DriverProcess> StartAsync(string socket, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["NIX_CONFIG"] = NixSharp.Testing.RealNix.Configuration;
        var driver = new DriverProcess(Process.Start(start)!, socket);
        var clock = Stopwatch.StartNew();
        while (!await driver.IsReadyAsync())
        {
            if (driver._process.HasExited || clock.Elapsed > Patience)
            {
                await driver.DisposeAsync();
                throw new InvalidOperationException($"The driver did not start:\n{string.Join('\n', driver._log)}");
            }

            await Task.Delay(20);
        }

        return driver;
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return await Client.ProbeAsync();
        }
        catch (RpcException error) when (error.StatusCode is StatusCode.Unavailable or StatusCode.FailedPrecondition or StatusCode.Internal)
        {
            return false;
        }
    }
}
