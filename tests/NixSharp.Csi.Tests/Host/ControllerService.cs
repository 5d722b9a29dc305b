using System.Collections.Concurrent;
using NixSharp.Csi.Grpc;
using NixSharp.Csi.Protocol;
using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Volumes;

namespace NixSharp.Csi.Tests.Host;

/// <summary>CSI's Controller service, which the driver has no use for: a volume is its parameters.</summary>
/// <param name="sample">What a volume is made of whose parameters say nothing.</param>
internal sealed class ControllerService(StorePath sample)
{
    private const string Service = "csi.v1.Controller";

    private readonly ConcurrentDictionary<string, Volume> _volumes = new(StringComparer.Ordinal);

    public IEnumerable<GrpcMethod> Methods =>
    [
        GrpcMethod.Create<CreateVolumeRequest, CreateVolumeResponse>(Service, "CreateVolume", (request, _) => Task.FromResult(Create(request))),
        GrpcMethod.Create<DeleteVolumeRequest, DeleteVolumeResponse>(Service, "DeleteVolume", (request, _) => Task.FromResult(Delete(request))),
        GrpcMethod.Create<ValidateVolumeCapabilitiesRequest, ValidateVolumeCapabilitiesResponse>(Service, "ValidateVolumeCapabilities", (request, _) => Task.FromResult(Validate(request))),
        GrpcMethod.Create<ControllerGetCapabilitiesRequest, ControllerGetCapabilitiesResponse>(Service, "ControllerGetCapabilities", static (_, _) => Task.FromResult(GetCapabilities())),
    ];

    private CreateVolumeResponse Create(CreateVolumeRequest request)
    {
        Require(request.Name.Length > 0, "name");
        Require(request.VolumeCapabilities.Count > 0, "volume_capabilities");
        var volume = new Volume
        {
            VolumeId = VolumeName.TryParse(request.Name, out _) ? request.Name : $"volume-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(request.Name)))}",
            CapacityBytes = request.CapacityRange?.RequiredBytes ?? 0,
            VolumeContext = { request.Parameters },
        };
        if (volume.VolumeContext.Count == 0)
        {
            volume.VolumeContext.Add(NixSystem.Current, sample.ToString());
        }

        var known = _volumes.GetOrAdd(volume.VolumeId, volume);
        return known.CapacityBytes == volume.CapacityBytes
            ? new CreateVolumeResponse { Volume = known }
            : throw new GrpcException(GrpcStatus.AlreadyExists, "There is a volume of that name with another capacity.");
    }

    private DeleteVolumeResponse Delete(DeleteVolumeRequest request)
    {
        Require(request.VolumeId.Length > 0, "volume_id");
        _volumes.TryRemove(request.VolumeId, out _);
        return new DeleteVolumeResponse();
    }

    private ValidateVolumeCapabilitiesResponse Validate(ValidateVolumeCapabilitiesRequest request)
    {
        Require(request.VolumeId.Length > 0, "volume_id");
        Require(request.VolumeCapabilities.Count > 0, "volume_capabilities");
        return _volumes.TryGetValue(request.VolumeId, out var volume)
            ? new ValidateVolumeCapabilitiesResponse { Confirmed = new() { VolumeContext = { volume.VolumeContext }, VolumeCapabilities = { request.VolumeCapabilities } } }
            : throw new GrpcException(GrpcStatus.NotFound, "There is no such volume.");
    }

    private static ControllerGetCapabilitiesResponse GetCapabilities() => new()
    {
        Capabilities = { new ControllerServiceCapability { Rpc = new() { Type = ControllerServiceCapability.Types.RPC.Types.Type.CreateDeleteVolume } } },
    };

    private static void Require(bool isGiven, string field)
    {
        if (!isGiven)
        {
            throw new GrpcException(GrpcStatus.InvalidArgument, $"{field} is missing.");
        }
    }
}
