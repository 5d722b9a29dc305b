using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>What a store knows of one valid path.</summary>
public sealed record PathInfo
{
    /// <summary>The path.</summary>
    public required StorePath Path { get; init; }

    /// <summary>The SHA-256 of the path's NAR.</summary>
    public required NixHash NarHash { get; init; }

    /// <summary>The size of the path's NAR, in bytes.</summary>
    public required long NarSize { get; init; }

    /// <summary>The paths that this one refers to, sorted; itself among them where it does.</summary>
    public IReadOnlyList<StorePath> References { get; init; } = [];

    /// <summary>The derivation that made the path, where that is known.</summary>
    public StorePath? Deriver { get; init; }

    /// <summary>When the path was registered, to the second.</summary>
    public DateTimeOffset RegistrationTime { get; init; }

    /// <summary>Whether the path was built here, and so is trusted without a signature.</summary>
    public bool Ultimate { get; init; }

    /// <summary>Signatures, <c>key-name:base64</c> each.</summary>
    public IReadOnlyList<string> Signatures { get; init; } = [];

    /// <summary>What the path was made from, if it is content-addressed.</summary>
    public ContentAddress? ContentAddress { get; init; }
}
