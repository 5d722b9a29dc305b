using NixSharp.StorePaths;

namespace NixSharp.Stores.Uploads;

/// <summary>The beginning or end of an attempt to push a path.</summary>
/// <param name="Path">The path.</param>
/// <param name="State">What has become of it.</param>
/// <param name="Attempt">Which attempt it is, from 1.</param>
public sealed record UploadEvent(StorePath Path, UploadState State, int Attempt)
{
    /// <summary>How many bytes of NARs were pushed.</summary>
    public long Bytes { get; init; }

    /// <summary>Why the attempt failed, where it did.</summary>
    public Exception? Error { get; init; }
}
