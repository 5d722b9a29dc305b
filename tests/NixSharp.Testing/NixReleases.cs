namespace NixSharp.Testing;

/// <summary>Finds the programs of a <see cref="NixRelease"/>.</summary>
public static class NixReleases
{
    /// <summary>The folder for programs that the tests bring, kept between runs.</summary>
    public static string CacheFolder { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "nixsharp");

    private static string Debian13Folder => Path.Combine(CacheFolder, "debian-13");

    /// <summary>What to run for one of Nix's programs, or skopeo.</summary>
    public static string PathOf(this NixRelease release, string program) =>
        release == NixRelease.Machine ? program : Path.Combine(Debian13Folder, "bin", program);

    /// <summary>Says why the programs of a release cannot be run; null where they can.</summary>
    public static string? WhyMissing(this NixRelease release) =>
        release == NixRelease.Machine ? Requirements.WhyMissing(["nix"])
        : !File.Exists(Path.Combine(Debian13Folder, "made-by")) ? $"needs the programs of Debian 13 in {Debian13Folder}; ./build.sh test makes them as root on Debian"
        : Requirements.WhyMissing([Requirements.Root]);
}
