namespace NixSharp.Disks.Writing;

/// <summary>What came of writing an image.</summary>
/// <param name="Size">The size of the image, in bytes.</param>
/// <param name="BytesWritten">How many were written; the others are zeros that were left out or cleared.</param>
/// <param name="IsVerified">Whether everything was read back.</param>
public sealed record DiskWriteResult(long Size, long BytesWritten, bool IsVerified);
