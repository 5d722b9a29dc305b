namespace NixSharp.StorePaths;

/// <summary>How files become the bytes that are hashed for a content address.</summary>
public enum FileIngestionMethod
{
    /// <summary>The contents of one file that is not executable.</summary>
    Flat,

    /// <summary>The NAR of a file, folder or symlink (<c>r:</c> in Nix's formats).</summary>
    Recursive,

    /// <summary>Git's object of a file or folder (<c>git:</c> in Nix's formats).</summary>
    Git,
}
