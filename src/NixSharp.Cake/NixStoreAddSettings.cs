using NixSharp.StorePaths;

namespace NixSharp.Cake;

/// <summary>How something is added to a store.</summary>
public sealed record NixStoreAddSettings : NixSettings
{
    /// <summary>The name that the store path gets; null takes the source's own.</summary>
    public string? Name { get; init; }

    /// <summary>Valid paths that the files may refer to; those that are found in them become references.</summary>
    public IReadOnlyCollection<StorePath> ReferenceCandidates { get; init; } = [];

    /// <summary>
    /// Whether the source is an output of <c>dotnet publish</c> that is divided: NuGet packages and the runtime become store
    /// paths that the application's path refers to, which stay what they are while only the application changes.
    /// </summary>
    public bool Split { get; init; }

    /// <summary>A symlink to make to the store path, which keeps it from being collected; null makes none.</summary>
    public string? Root { get; init; }
}
