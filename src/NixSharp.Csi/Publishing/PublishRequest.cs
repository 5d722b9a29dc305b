namespace NixSharp.Csi.Publishing;

/// <summary>A volume that shall be mounted.</summary>
/// <param name="Target">Which, and where.</param>
/// <param name="Volume">What is in it.</param>
/// <param name="ReadOnly">Whether the pod cannot write to it.</param>
internal sealed record PublishRequest(PublishTarget Target, VolumeRequest Volume, bool ReadOnly);
