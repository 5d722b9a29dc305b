using NixSharp.Csi.Protocol;
using Xunit;

namespace NixSharp.Csi.Tests.Conformance;

/// <summary>The driver with a Controller service, in a process of its own, as suites for whole plugins want it.</summary>
public sealed class HostFixture : IAsyncLifetime
{
    private DriverProcess? _driver;
    private int _volumes;

    internal CsiLab Lab { get; } = CsiLab.Create();

    internal CsiClient Client => _driver!.Client;

    public async Task InitializeAsync()
    {
        // Where tests are skipped, nothing is started.
        if (NixSharp.Testing.Requirements.WhyMissing([NixSharp.Testing.Requirements.Root]) is null)
        {
            _driver = await DriverProcess.StartHostAsync(Lab.Socket, "--store", Lab.Store, "--state", Lab.State, "--node-id", "node-1");
        }
    }

    public async Task DisposeAsync()
    {
        if (_driver is not null)
        {
            await _driver.DisposeAsync();
        }

        await Lab.DisposeAsync();
    }

    /// <summary>Creates a volume as an orchestrator does.</summary>
    internal async Task<Volume> CreateVolumeAsync() =>
        (await Client.ControllerAsync<CreateVolumeRequest, CreateVolumeResponse>(new()
        {
            Name = $"volume-{Interlocked.Increment(ref _volumes)}",
            VolumeCapabilities = { CsiClient.Mount },
        })).Volume;

    /// <summary>Publishes a volume as an orchestrator does.</summary>
    internal Task PublishAsync(Volume volume, string target) =>
        Client.PublishAsync(volume.VolumeId, target, volume.VolumeContext.Select(static pair => (pair.Key, pair.Value)), readOnly: false);
}
