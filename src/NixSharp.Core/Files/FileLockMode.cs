namespace NixSharp.Files;

/// <summary>Who else may hold a lock.</summary>
public enum FileLockMode
{
    /// <summary>Others who share it.</summary>
    Shared,

    /// <summary>Nobody.</summary>
    Exclusive,
}
