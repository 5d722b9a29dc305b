using NixSharp.Csi.Grpc;
using NixSharp.Csi.Protocol;

namespace NixSharp.Csi.Services;

/// <summary>CSI's Identity service: who the driver is, and whether it works.</summary>
/// <param name="name">The driver's name.</param>
/// <param name="hasController">Whether a Controller service is served beside this one.</param>
/// <param name="probe">Throws where the driver does not work; false while it is starting.</param>
internal sealed class IdentityService(string name, bool hasController, Func<CancellationToken, Task<bool>> probe)
{
    private const string Service = "csi.v1.Identity";

    public IEnumerable<GrpcMethod> Methods =>
    [
        GrpcMethod.Create<GetPluginInfoRequest, GetPluginInfoResponse>(Service, "GetPluginInfo", (_, _) => Task.FromResult(GetInfo())),
        GrpcMethod.Create<GetPluginCapabilitiesRequest, GetPluginCapabilitiesResponse>(Service, "GetPluginCapabilities", (_, _) => Task.FromResult(GetCapabilities())),
        GrpcMethod.Create<ProbeRequest, ProbeResponse>(Service, "Probe", (_, call) => ProbeAsync(call.CancellationToken)),
    ];

    private GetPluginInfoResponse GetInfo() => new()
    {
        Name = name,
        VendorVersion = typeof(IdentityService).Assembly.GetName().Version!.ToString(3),
    };

    private GetPluginCapabilitiesResponse GetCapabilities()
    {
        var answer = new GetPluginCapabilitiesResponse();
        if (hasController)
        {
            answer.Capabilities.Add(new PluginCapability { Service = new() { Type = PluginCapability.Types.Service.Types.Type.ControllerService } });
        }

        return answer;
    }

    private async Task<ProbeResponse> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new ProbeResponse { Ready = await probe(cancellationToken).ConfigureAwait(false) };
        }
        catch (NixException error)
        {
            throw new GrpcException(GrpcStatus.FailedPrecondition, $"{error.Code}: {error.Message}", error);
        }
    }
}
