namespace NixSharp.Stores.Protocol;

/// <summary>The daemon says that it could not do what it was asked.</summary>
internal sealed class RemoteFailure(DaemonError error) : Exception(error.ToString())
{
    public DaemonError Error { get; } = error;
}
