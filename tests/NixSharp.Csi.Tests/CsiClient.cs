using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using NixSharp.Csi.Protocol;

namespace NixSharp.Csi.Tests;

/// <summary>Calls a driver as kubelet does, with .NET's own gRPC client.</summary>
internal sealed class CsiClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly GrpcChannel _channel;
    private readonly CallInvoker _invoker;

    public CsiClient(string socket)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        _invoker = _channel.CreateCallInvoker();
    }

    /// <summary>How a file system is asked for.</summary>
    public static VolumeCapability Mount { get; } = new()
    {
        Mount = new(),
        AccessMode = new() { Mode = VolumeCapability.Types.AccessMode.Types.Mode.SingleNodeWriter },
    };

    /// <summary>Calls a method of the Identity service.</summary>
    public Task<TResponse> IdentityAsync<TRequest, TResponse>(TRequest request)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() => CallAsync<TRequest, TResponse>("Identity", request, Patience);

    /// <summary>Calls a method of the Controller service.</summary>
    public Task<TResponse> ControllerAsync<TRequest, TResponse>(TRequest request)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() => CallAsync<TRequest, TResponse>("Controller", request, Patience);

    /// <summary>Calls a method of the Node service.</summary>
    public Task<TResponse> NodeAsync<TRequest, TResponse>(TRequest request, TimeSpan? deadline = null)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() => CallAsync<TRequest, TResponse>("Node", request, deadline ?? Patience);

    public Task PublishAsync(string volume, string target, IEnumerable<(string Name, string Value)> attributes, bool readOnly = true, TimeSpan? deadline = null)
    {
        var request = new NodePublishVolumeRequest { VolumeId = volume, TargetPath = target, VolumeCapability = Mount, Readonly = readOnly };
        foreach (var (name, value) in attributes)
        {
            request.VolumeContext.Add(name, value);
        }

        return NodeAsync<NodePublishVolumeRequest, NodePublishVolumeResponse>(request, deadline);
    }

    public Task UnpublishAsync(string volume, string target) =>
        NodeAsync<NodeUnpublishVolumeRequest, NodeUnpublishVolumeResponse>(new() { VolumeId = volume, TargetPath = target });

    public Task<NodeGetVolumeStatsResponse> StatsAsync(string volume, string path) =>
        NodeAsync<NodeGetVolumeStatsRequest, NodeGetVolumeStatsResponse>(new() { VolumeId = volume, VolumePath = path });

    public async Task<bool> ProbeAsync() => (await IdentityAsync<ProbeRequest, ProbeResponse>(new())).Ready is true;

    public void Dispose() => _channel.Dispose();

    /// <summary>Calls a method whose name is that of its request.</summary>
    private async Task<TResponse> CallAsync<TRequest, TResponse>(string service, TRequest request, TimeSpan deadline)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var name = typeof(TRequest).Name[..^"Request".Length];
        var method = new Method<TRequest, TResponse>(MethodType.Unary, $"csi.v1.{service}", name, MarshallerOf<TRequest>(), MarshallerOf<TResponse>());
        return await _invoker.AsyncUnaryCall(method, null, new CallOptions(deadline: DateTime.UtcNow + deadline), request);
    }

    private static Marshaller<T> MarshallerOf<T>()
        where T : IMessage<T>, new() => Marshallers.Create(static message => message.ToByteArray(), new MessageParser<T>(static () => new T()).ParseFrom);
}
