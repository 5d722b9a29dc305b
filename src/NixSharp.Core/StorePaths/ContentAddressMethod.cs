namespace NixSharp.StorePaths;

/// <summary>How store objects become the bytes that are hashed for a content address; Nix's <c>method</c>.</summary>
public enum ContentAddressMethod
{
    /// <summary>The contents of one file that is not executable: <c>flat</c>.</summary>
    Flat,

    /// <summary>The NAR: <c>nar</c>, and <c>recursive</c> or <c>r:</c> in older formats.</summary>
    Nar,

    /// <summary>The contents of a file that may refer to other paths: <c>text</c>.</summary>
    Text,

    /// <summary>The hash that Git gives the file or tree: <c>git</c>.</summary>
    Git,
}
