using Google.Protobuf;

namespace NixSharp.Csi.Grpc;

/// <summary>A method with one message in and one out.</summary>
internal sealed class GrpcMethod
{
    private readonly Func<ReadOnlyMemory<byte>, GrpcCall, Task<IMessage>> _answer;

    private GrpcMethod(string path, Func<ReadOnlyMemory<byte>, GrpcCall, Task<IMessage>> answer)
    {
        Path = path;
        _answer = answer;
    }

    /// <summary>Such as <c>/csi.v1.Node/NodePublishVolume</c>.</summary>
    public string Path { get; }

    /// <summary>Makes a method of a function.</summary>
    /// <param name="service">Such as <c>csi.v1.Node</c>.</param>
    /// <param name="name">Such as <c>NodePublishVolume</c>.</param>
    /// <param name="answer">What the method does.</param>
    public static GrpcMethod Create<TRequest, TResponse>(string service, string name, Func<TRequest, GrpcCall, Task<TResponse>> answer)
        where TRequest : IMessage<TRequest>, new()
        where TResponse : IMessage
    {
        var parser = new MessageParser<TRequest>(static () => new TRequest());
        return new GrpcMethod($"/{service}/{name}", async (bytes, call) => await answer(parser.ParseFrom(bytes.Span), call).ConfigureAwait(false));
    }

    /// <summary>Answers one call.</summary>
    /// <param name="request">The bytes of its message.</param>
    /// <param name="call">The call.</param>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message.</exception>
    public Task<IMessage> AnswerAsync(ReadOnlyMemory<byte> request, GrpcCall call) => _answer(request, call);
}
