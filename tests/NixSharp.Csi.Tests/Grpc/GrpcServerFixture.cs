using System.Collections.Concurrent;
using NixSharp.Csi.Grpc;
using NixSharp.Csi.Hosting;
using NixSharp.Csi.Protocol;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Csi.Tests.Grpc;

/// <summary>A server with methods that answer in different ways.</summary>
public sealed class GrpcServerFixture : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private KestrelHost? _host;

    public string Socket => _folder["grpc.sock"];

    internal ConcurrentQueue<(string Method, GrpcStatus Status, Exception? Error)> Calls { get; } = new();

    public async Task InitializeAsync()
    {
        var answerer = new GrpcAnswerer(
            [
                GrpcMethod.Create<GetPluginInfoRequest, GetPluginInfoResponse>("csi.v1.Identity", "GetPluginInfo", static (_, _) => Task.FromResult(new GetPluginInfoResponse { Name = "grpc" })),
                GrpcMethod.Create<NodePublishVolumeRequest, NodePublishVolumeResponse>("csi.v1.Node", "NodePublishVolume", AnswerAsync),
            ],
            static error => error is NixException known ? new GrpcException(GrpcStatus.DataLoss, known.Message, known) : null,
            (method, status, _, error) => Calls.Enqueue((method, status, error)));
        _host = await GrpcSocket.ListenAsync(Socket, answerer, TimeSpan.FromSeconds(5), CancellationToken.None);
    }

    public async Task DisposeAsync() => await _host!.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    private static async Task<NodePublishVolumeResponse> AnswerAsync(NodePublishVolumeRequest request, GrpcCall call)
    {
        if (request.VolumeId == "wait")
        {
            await Task.Delay(Timeout.Infinite, call.CancellationToken);
        }

        return request.VolumeId switch
        {
            "known" => throw new NixException("NIXS0000", "a known failure: 100 %, größer\nof two lines"),
            "unknown" => throw new InvalidOperationException("a mistake"),
            _ => new NodePublishVolumeResponse(),
        };
    }
}
