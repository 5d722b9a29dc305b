namespace NixSharp.GitOps.NuGet;

/// <summary>What a <c>deps.json</c> is made of.</summary>
public sealed record NuGetLockOptions
{
    /// <summary><c>${XDG_CACHE_HOME:-~/.cache}/nixsharp/nupkg-hashes</c>.</summary>
    public static string DefaultCacheFile
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            return Path.Combine(
                Path.IsPathFullyQualified(cache ?? "") ? cache! : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
                "nixsharp",
                "nupkg-hashes");
        }
    }

    /// <summary>
    /// Packages to leave out, such as those that the SDK in nixpkgs brings: a name, <c>NAME/VERSION</c>, or the file name
    /// <c>NAME.VERSION.nupkg</c> of nixpkgs' own lists; <c>*</c> stands for any characters. Case does not matter.
    /// </summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Takes in the tools of <c>dotnet-tools.json</c> and the SDKs of <c>global.json</c>, which a build restores too. Default true.</summary>
    public bool IncludeTools { get; init; } = true;

    /// <summary>Sources that only mirror the public gallery: what comes from them is written down as coming from there.</summary>
    public IReadOnlyList<string> Mirrors { get; init; } = [];

    /// <summary>
    /// Where the packages of a source are, by the source's index: the <c>PackageBaseAddress</c> of NuGet's protocol. Sources
    /// that are not named here are asked.
    /// </summary>
    public IReadOnlyDictionary<string, string> SourceAddresses { get; init; } = new Dictionary<string, string>();

    /// <summary>A file that remembers hashes between runs; null for none. Default: <see cref="DefaultCacheFile"/>.</summary>
    public string? CacheFile { get; init; } = DefaultCacheFile;

    /// <summary>Gets how many packages are hashed.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
