namespace NixSharp.Registries;

/// <summary>How a blob came to be in a repository.</summary>
public enum BlobOutcome
{
    /// <summary>It was sent.</summary>
    Uploaded,

    /// <summary>It was there.</summary>
    AlreadyPresent,

    /// <summary>The registry took it from another repository of its own.</summary>
    Mounted,
}
