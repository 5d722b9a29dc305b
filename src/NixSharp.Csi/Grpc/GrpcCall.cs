namespace NixSharp.Csi.Grpc;

/// <summary>One call, as it came in.</summary>
/// <param name="Method">Such as <c>/csi.v1.Node/NodePublishVolume</c>.</param>
/// <param name="Deadline">How long the caller waits, from now; null where it does not say.</param>
/// <param name="CancellationToken">The caller has gone, or its deadline has passed.</param>
internal sealed record GrpcCall(string Method, TimeSpan? Deadline, CancellationToken CancellationToken);
