using NixSharp.Csi.Grpc;
using NixSharp.Csi.Protocol;
using NixSharp.Csi.Publishing;

namespace NixSharp.Csi.Services;

/// <summary>CSI's Node service: volumes are mounted, unmounted and measured.</summary>
/// <param name="options">How the driver works.</param>
/// <param name="work">What does the work; throws while the driver cannot work.</param>
internal sealed class NodeService(CsiOptions options, Func<NodeWork> work)
{
    private const string Service = "csi.v1.Node";

    // An answer that comes after the caller's deadline is lost.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    private static readonly NodeServiceCapability.Types.RPC.Types.Type[] Capabilities =
    [
        NodeServiceCapability.Types.RPC.Types.Type.GetVolumeStats,
        NodeServiceCapability.Types.RPC.Types.Type.VolumeCondition,
    ];

    public IEnumerable<GrpcMethod> Methods =>
    [
        GrpcMethod.Create<NodePublishVolumeRequest, NodePublishVolumeResponse>(Service, "NodePublishVolume", PublishAsync),
        GrpcMethod.Create<NodeUnpublishVolumeRequest, NodeUnpublishVolumeResponse>(Service, "NodeUnpublishVolume", UnpublishAsync),
        GrpcMethod.Create<NodeGetVolumeStatsRequest, NodeGetVolumeStatsResponse>(Service, "NodeGetVolumeStats", GetStatsAsync),
        GrpcMethod.Create<NodeGetCapabilitiesRequest, NodeGetCapabilitiesResponse>(Service, "NodeGetCapabilities", static (_, _) => Task.FromResult(GetCapabilities())),
        GrpcMethod.Create<NodeGetInfoRequest, NodeGetInfoResponse>(Service, "NodeGetInfo", (_, _) => Task.FromResult(GetInfo())),
    ];

    private async Task<NodePublishVolumeResponse> PublishAsync(NodePublishVolumeRequest request, GrpcCall call)
    {
        var target = PublishTarget.Parse(request.VolumeId, request.TargetPath);
        var readOnly = CapabilityCheck.IsReadOnly(request.VolumeCapability) || request.Readonly;
        var node = work();
        var volume = node.Attributes.Read(request.VolumeContext);
        await node.Publisher.PublishAsync(new PublishRequest(target, volume, readOnly), PatienceOf(call), call.CancellationToken).ConfigureAwait(false);
        return new NodePublishVolumeResponse();
    }

    private async Task<NodeUnpublishVolumeResponse> UnpublishAsync(NodeUnpublishVolumeRequest request, GrpcCall call)
    {
        var target = PublishTarget.Parse(request.VolumeId, request.TargetPath);
        await work().Publisher.UnpublishAsync(target, PatienceOf(call), call.CancellationToken).ConfigureAwait(false);
        return new NodeUnpublishVolumeResponse();
    }

    private async Task<NodeGetVolumeStatsResponse> GetStatsAsync(NodeGetVolumeStatsRequest request, GrpcCall call)
    {
        var volume = PublishTarget.ParseVolume(request.VolumeId);
        if (request.VolumePath.Length == 0)
        {
            throw new CsiException(NixErrorCodes.CsiInvalidRequest, "The call was refused for its volume_path: it is missing.");
        }

        var usage = await work().Stats.MeasureAsync(volume, request.VolumePath, call.CancellationToken).ConfigureAwait(false);
        var answer = new NodeGetVolumeStatsResponse
        {
            VolumeCondition = new VolumeCondition { Abnormal = usage.Problem is not null, Message = usage.Problem ?? "The volume is mounted and whole." },
        };
        if (usage.Bytes is { } bytes)
        {
            answer.Usage.Add(new Protocol.VolumeUsage { Unit = Protocol.VolumeUsage.Types.Unit.Bytes, Used = bytes.Used, Total = bytes.Total, Available = bytes.Available });
        }

        if (usage.Inodes is { } inodes)
        {
            answer.Usage.Add(new Protocol.VolumeUsage { Unit = Protocol.VolumeUsage.Types.Unit.Inodes, Used = inodes.Used, Total = inodes.Total, Available = inodes.Available });
        }

        return answer;
    }

    private static NodeGetCapabilitiesResponse GetCapabilities() => new()
    {
        Capabilities = { Capabilities.Select(static type => new NodeServiceCapability { Rpc = new() { Type = type } }) },
    };

    private NodeGetInfoResponse GetInfo() => new() { NodeId = options.NodeId, MaxVolumesPerNode = options.MaxVolumes };

    private TimeSpan PatienceOf(GrpcCall call) =>
        call.Deadline is not { } deadline || deadline > options.PublishWait + Margin ? options.PublishWait
        : deadline > Margin * 2 ? deadline - Margin
        : deadline / 2;
}
