using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace NixSharp.Packages.Tests;

/// <summary>
/// An ASP.NET Core service that runs out of an unpacked image, as the image says that it be run, with nothing of this
/// machine's files. Only the address that it listens on is given to it: a free port of loopback.
/// </summary>
public sealed partial class WebContainer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client = new();
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WebContainer(string bundle)
    {
        var image = JObject.Parse(File.ReadAllText(Path.Combine(bundle, "config.json")))["process"]!;
        var start = new ProcessStartInfo("bwrap") { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        string[] root = ["--bind", Path.Combine(bundle, "rootfs"), "/", "--proc", "/proc", "--dev", "/dev", "--chdir", (string)image["cwd"]!];
        foreach (var argument in (string[])["--die-with-parent", "--unshare-pid", .. root, .. image["args"]!.Select(static argument => (string)argument!)])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var variable in image["env"]!.Values<string>().Select(static pair => pair!.Split('=', 2)))
        {
            start.Environment[variable[0]] = variable[1];
        }

        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The service ended."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts the service of the image that was unpacked to the folder <paramref name="bundle"/>.</summary>
    public static async Task<WebContainer> StartAsync(string bundle)
    {
        var container = new WebContainer(bundle);
        try
        {
            container._client.BaseAddress = await container._address.Task.WaitAsync(TimeSpan.FromMinutes(2));
            return container;
        }
        catch (Exception exception)
        {
            await container.DisposeAsync();
            throw new InvalidOperationException($"The service does not listen:\n{container._output}", exception);
        }
    }

    /// <summary>What the service answers.</summary>
    public Task<string> GetAsync(string path) => _client.GetStringAsync(new Uri(path, UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line is not null && Listening().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    [GeneratedRegex("Now listening on: (http://\\S+)")]
    private static partial Regex Listening();
}
