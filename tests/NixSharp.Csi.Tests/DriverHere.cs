using Xunit;

namespace NixSharp.Csi.Tests;

/// <summary>A driver in this process, with a client.</summary>
internal sealed class DriverHere : IAsyncDisposable
{
    private readonly StringWriter _log;

    private DriverHere(CsiDriver driver, StringWriter log)
    {
        Driver = driver;
        _log = log;
        Client = new CsiClient(driver.SocketPath);
    }

    public CsiDriver Driver { get; }

    public CsiClient Client { get; }

    /// <summary>What the driver has logged.</summary>
    public string Log => _log.ToString();

    public static async Task<DriverHere> StartAsync(CsiOptions options)
    {
        var log = new StringWriter();
        return new DriverHere(await CsiDriver.StartAsync(options with { Log = TextWriter.Synchronized(log) }), log);
    }

    /// <summary>Waits until the driver has logged something.</summary>
    public async Task LoggedAsync(string text)
    {
        for (var attempt = 0; attempt < 2400 && !Log.Contains(text, StringComparison.Ordinal); attempt++)
        {
            await Task.Delay(50);
        }

        Assert.Contains(text, Log, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Driver.DisposeAsync();
        await _log.DisposeAsync();
    }
}
