using Google.Protobuf;
using Grpc.Core;
using NixSharp.Csi.Protocol;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Csi.Tests.Conformance;

public sealed class NodeTests(HostFixture host) : IClassFixture<HostFixture>
{
    private CsiClient Client => host.Client;

    private string Target => host.Lab["target/mount"];

    [RequiresFact(Requirements.Root)]
    public async Task The_node_s_capabilities_are_statistics_and_condition()
    {
        var answer = await Client.NodeAsync<NodeGetCapabilitiesRequest, NodeGetCapabilitiesResponse>(new());
        Assert.Equal(
            [NodeServiceCapability.Types.RPC.Types.Type.GetVolumeStats, NodeServiceCapability.Types.RPC.Types.Type.VolumeCondition],
            answer.Capabilities.Select(static capability => capability.Rpc.Type));
    }

    [RequiresFact(Requirements.Root)]
    public async Task The_node_has_a_name_and_no_negative_limit()
    {
        var info = await Client.NodeAsync<NodeGetInfoRequest, NodeGetInfoResponse>(new());
        Assert.Equal("node-1", info.NodeId);
        Assert.Equal(0, info.MaxVolumesPerNode);
    }

    [RequiresFact(Requirements.Root)]
    public async Task Publishing_needs_a_volume_a_target_and_a_capability()
    {
        await RefusedAsync(new NodePublishVolumeRequest());
        await RefusedAsync(new NodePublishVolumeRequest { VolumeId = "volume" });
        await RefusedAsync(new NodePublishVolumeRequest { VolumeId = "volume", TargetPath = Target });
        await RefusedAsync(new NodePublishVolumeRequest { VolumeId = "volume", TargetPath = Target, VolumeCapability = new() { AccessMode = CsiClient.Mount.AccessMode } });
        await RefusedAsync(new NodePublishVolumeRequest { VolumeId = "volume", TargetPath = Target, VolumeCapability = new() { Block = new() } });
        Assert.False(Directory.Exists(Target));

        Task RefusedAsync(NodePublishVolumeRequest request) => FailsAsync<NodePublishVolumeRequest, NodePublishVolumeResponse>(StatusCode.InvalidArgument, request);
    }

    [RequiresFact(Requirements.Root)]
    public async Task Unpublishing_needs_a_volume_and_a_target()
    {
        await FailsAsync<NodeUnpublishVolumeRequest, NodeUnpublishVolumeResponse>(StatusCode.InvalidArgument, new());
        await FailsAsync<NodeUnpublishVolumeRequest, NodeUnpublishVolumeResponse>(StatusCode.InvalidArgument, new() { VolumeId = "volume" });
        await FailsAsync<NodeUnpublishVolumeRequest, NodeUnpublishVolumeResponse>(StatusCode.InvalidArgument, new() { TargetPath = Target });
    }

    [RequiresFact(Requirements.Root)]
    public async Task Unpublishing_removes_the_target()
    {
        var volume = await host.CreateVolumeAsync();
        await host.PublishAsync(volume, Target);
        Assert.True(Directory.Exists(Target));
        await Client.UnpublishAsync(volume.VolumeId, Target);
        Assert.False(Directory.Exists(Target));
        Assert.True(Directory.Exists(Path.GetDirectoryName(Target)));
    }

    [RequiresFact(Requirements.Root)]
    public async Task Unpublishing_removes_a_target_that_was_there_before()
    {
        var volume = await host.CreateVolumeAsync();
        var target = Directory.CreateDirectory(host.Lab["target/there"]).FullName;
        await host.PublishAsync(volume, target);
        await Client.UnpublishAsync(volume.VolumeId, target);
        Assert.False(Directory.Exists(target));
    }

    [RequiresFact(Requirements.Root)]
    public async Task Statistics_need_a_volume_that_is_published_at_the_path()
    {
        var volume = await host.CreateVolumeAsync();
        var target = host.Lab["target/measured"];
        await host.PublishAsync(volume, target);
        await FailsAsync<NodeGetVolumeStatsRequest, NodeGetVolumeStatsResponse>(StatusCode.InvalidArgument, new() { VolumePath = "some/path" });
        await FailsAsync<NodeGetVolumeStatsRequest, NodeGetVolumeStatsResponse>(StatusCode.InvalidArgument, new() { VolumeId = volume.VolumeId });
        await FailsAsync<NodeGetVolumeStatsRequest, NodeGetVolumeStatsResponse>(StatusCode.NotFound, new() { VolumeId = "unknown", VolumePath = target });
        await FailsAsync<NodeGetVolumeStatsRequest, NodeGetVolumeStatsResponse>(StatusCode.NotFound, new() { VolumeId = volume.VolumeId, VolumePath = "some/path" });
        await FailsAsync<NodeGetVolumeStatsRequest, NodeGetVolumeStatsResponse>(StatusCode.NotFound, new() { VolumeId = volume.VolumeId, VolumePath = host.Lab["target"] });
        Assert.NotEmpty((await Client.StatsAsync(volume.VolumeId, target)).Usage);
        await Client.UnpublishAsync(volume.VolumeId, target);
        await FailsAsync<NodeGetVolumeStatsRequest, NodeGetVolumeStatsResponse>(StatusCode.NotFound, new() { VolumeId = volume.VolumeId, VolumePath = target });
    }

    [RequiresFact(Requirements.Root)]
    public async Task A_volume_s_life_may_be_told_ten_times_over()
    {
        var volume = await host.CreateVolumeAsync();
        var target = host.Lab["target/again"];
        for (var time = 0; time < 10; time++)
        {
            Assert.Equal(volume, (await Client.ControllerAsync<CreateVolumeRequest, CreateVolumeResponse>(new() { Name = volume.VolumeId, VolumeCapabilities = { CsiClient.Mount } })).Volume);
        }

        for (var time = 0; time < 10; time++)
        {
            await host.PublishAsync(volume, target);
        }

        Assert.Single(host.Lab.Mounts(), target);
        Assert.NotEmpty((await Client.StatsAsync(volume.VolumeId, target)).Usage);
        for (var time = 0; time < 10; time++)
        {
            await Client.UnpublishAsync(volume.VolumeId, target);
        }

        Assert.DoesNotContain(target, host.Lab.Mounts());
        for (var time = 0; time < 10; time++)
        {
            await Client.ControllerAsync<DeleteVolumeRequest, DeleteVolumeResponse>(new() { VolumeId = volume.VolumeId });
        }
    }

    [RequiresFact(Requirements.Root)]
    public async Task What_is_staged_or_grown_elsewhere_is_unimplemented_here()
    {
        using var raw = await Http2.RawHttp2.ConnectAsync(host.Lab.Socket);
        var stream = 1;
        foreach (var method in (string[])["NodeStageVolume", "NodeUnstageVolume", "NodeExpandVolume"])
        {
            await raw.SendAsync(Http2.RawHttp2.Headers, 0x4, stream, Http2.RawHttp2.Block($"/csi.v1.Node/{method}", "localhost"));
            await raw.SendAsync(Http2.RawHttp2.Data, 0x1, stream, [0, 0, 0, 0, 0]);
            var (type, payload) = await raw.ReadEndAsync(stream);
            Assert.Equal(Http2.RawHttp2.Headers, type);
            Assert.Contains($"There is no method /csi.v1.Node/{method}.", System.Text.Encoding.Latin1.GetString(payload), StringComparison.Ordinal);
            stream += 2;
        }
    }

    [RequiresFact(Requirements.Root)]
    public async Task The_controller_gives_parameters_back_as_the_volume_s_context()
    {
        var request = new CreateVolumeRequest { Name = "with-parameters", VolumeCapabilities = { CsiClient.Mount }, Parameters = { ["flakeRef"] = "nixpkgs#hello" } };
        var volume = (await Client.ControllerAsync<CreateVolumeRequest, CreateVolumeResponse>(request)).Volume;
        Assert.Equal("nixpkgs#hello", Assert.Single(volume.VolumeContext).Value);
        var checkedAgain = await Client.ControllerAsync<ValidateVolumeCapabilitiesRequest, ValidateVolumeCapabilitiesResponse>(new() { VolumeId = volume.VolumeId, VolumeCapabilities = { CsiClient.Mount } });
        Assert.Equal(CsiClient.Mount, Assert.Single(checkedAgain.Confirmed.VolumeCapabilities));
        var failure = await Assert.ThrowsAsync<RpcException>(() => Client.ControllerAsync<ValidateVolumeCapabilitiesRequest, ValidateVolumeCapabilitiesResponse>(new() { VolumeId = "unknown", VolumeCapabilities = { CsiClient.Mount } }));
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
    }

    private async Task FailsAsync<TRequest, TResponse>(StatusCode status, TRequest request)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        Assert.Equal(status, (await Assert.ThrowsAsync<RpcException>(() => Client.NodeAsync<TRequest, TResponse>(request))).StatusCode);
}
