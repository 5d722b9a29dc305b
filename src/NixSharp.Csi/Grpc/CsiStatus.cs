namespace NixSharp.Csi.Grpc;

/// <summary>What errors mean to whoever calls: whether the call was wrong, and whether to call again.</summary>
internal static class CsiStatus
{
    /// <summary>How an error is told; null for one that nobody foresaw.</summary>
    public static GrpcException? Explain(Exception error) =>
        error is NixException known ? new GrpcException(Of(known.Code), $"{known.Code}: {known.Message}", known) : null;

    private static GrpcStatus Of(string code) => code switch
    {
        NixErrorCodes.CsiInvalidRequest or NixErrorCodes.CsiInvalidAttributes or NixErrorCodes.FlakeFailed => GrpcStatus.InvalidArgument,
        NixErrorCodes.CsiPolicy or NixErrorCodes.PathNotTrusted => GrpcStatus.PermissionDenied,
        NixErrorCodes.CsiBusy or NixErrorCodes.StoreLocked => GrpcStatus.Aborted,
        NixErrorCodes.CsiUnknownVolume or NixErrorCodes.CannotSubstitute or NixErrorCodes.CannotRealise => GrpcStatus.NotFound,
        NixErrorCodes.CsiOtherVolume or NixErrorCodes.VolumeOfOtherClosure => GrpcStatus.AlreadyExists,
        NixErrorCodes.VolumeDamaged => GrpcStatus.DataLoss,
        NixErrorCodes.CsiTimedOut => GrpcStatus.DeadlineExceeded,
        NixErrorCodes.VolumeOutOfSpace => GrpcStatus.ResourceExhausted,
        NixErrorCodes.CsiNotReady or NixErrorCodes.CsiNoBuilder or NixErrorCodes.CacheUnreachable or NixErrorCodes.NixDownloadFailed
            or NixErrorCodes.DaemonUnreachable or NixErrorCodes.DaemonConnectionLost or NixErrorCodes.SshFailed => GrpcStatus.Unavailable,
        NixErrorCodes.BuildFailed or NixErrorCodes.BuildLimit or NixErrorCodes.BuildRefused or NixErrorCodes.OutputRejected
            or NixErrorCodes.HashMismatch or NixErrorCodes.NotDeterministic or NixErrorCodes.DependencyFailed
            or NixErrorCodes.MountTargetOccupied or NixErrorCodes.MountStale or NixErrorCodes.VolumeQuotaImpossible => GrpcStatus.FailedPrecondition,
        _ => GrpcStatus.Internal,
    };
}
