using System.Diagnostics;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Testing;

namespace NixSharp.Integration.Tests.Serving;

/// <summary>A running <c>nixsharp serve</c>.</summary>
internal sealed class ServeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private ServeProcess(Process process, Task<string> errors, string url)
    {
        _process = process;
        _errors = errors;
        Url = url;
    }

    /// <summary><c>http://127.0.0.1:PORT</c>.</summary>
    public string Url { get; }

    /// <summary>Starts the server on a port that is free, and waits until it says where.</summary>
    public static async Task<ServeProcess> StartAsync(string store, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[NixSharpProgram.Assembly, "serve", "--store", store, "--port", "0", "-v", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var url = await process.StandardOutput.ReadLineAsync();
        if (url is null)
        {
            await process.WaitForExitAsync();
            throw new InvalidOperationException($"nixsharp serve exited with {process.ExitCode}:\n{await errors}");
        }

        return new ServeProcess(process, errors, url.TrimEnd('/'));
    }

    /// <summary>Asks the server to stop, and gives its exit code and what it said.</summary>
    public async Task<(int ExitCode, string Errors)> StopAsync(string signal = "TERM")
    {
        await CommandLine.RunAsync("kill", $"-{signal}", $"{_process.Id}");
        await _process.WaitForExitAsync();
        return (_process.ExitCode, await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        await _errors;
        _process.Dispose();
    }
}
