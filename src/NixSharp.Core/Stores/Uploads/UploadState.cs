namespace NixSharp.Stores.Uploads;

/// <summary>What has become of a path in an <see cref="Uploader"/>.</summary>
public enum UploadState
{
    /// <summary>An attempt begins.</summary>
    Started,

    /// <summary>The attempt failed, and there will be another.</summary>
    Retrying,

    /// <summary>The destination has the path and all that it needs.</summary>
    Pushed,

    /// <summary>It was tried for the last time, or can never succeed.</summary>
    GivenUp,
}
