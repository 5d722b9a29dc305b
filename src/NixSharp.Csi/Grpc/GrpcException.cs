namespace NixSharp.Csi.Grpc;

/// <summary>What a call is answered with instead of a message.</summary>
internal sealed class GrpcException(GrpcStatus status, string message, Exception? inner = null) : Exception(message, inner)
{
    public GrpcStatus Status { get; } = status;
}
