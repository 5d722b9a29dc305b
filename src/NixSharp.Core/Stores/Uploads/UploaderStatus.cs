namespace NixSharp.Stores.Uploads;

/// <summary>How an <see cref="Uploader"/> is at one moment.</summary>
/// <param name="Pending">How many paths wait, those being pushed included.</param>
/// <param name="Running">How many are being pushed or wait for their next attempt.</param>
/// <param name="Pushed">How many were pushed since the queue was opened.</param>
/// <param name="PushedBytes">How many bytes of NARs that were.</param>
/// <param name="Failures">What was given up, the newest last.</param>
public sealed record UploaderStatus(int Pending, int Running, long Pushed, long PushedBytes, IReadOnlyList<UploadFailure> Failures);
