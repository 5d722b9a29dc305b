using NixSharp.StorePaths;

namespace NixSharp.Stores.Uploads;

/// <summary>A path that was given up. It is kept in the queue's folder until it is pushed after all, or forgotten for newer ones.</summary>
/// <param name="Path">The path.</param>
/// <param name="When">When it was given up.</param>
/// <param name="Reason">Why.</param>
public sealed record UploadFailure(StorePath Path, DateTimeOffset When, string Reason);
