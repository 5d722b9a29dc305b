namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A queue of paths to push that has as many as it may have.</summary>
    public const string UploadQueueFull = "NIXS3070";

    /// <summary>A push that made no progress for too long.</summary>
    public const string UploadStalled = "NIXS3071";
}
