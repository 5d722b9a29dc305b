using System.IO.Enumeration;

namespace NixSharp.GitOps.NuGet;

public sealed partial class NuGetLock
{
    /// <summary>Packages that were restored from a folder, which nobody else can download: a <c>deps.json</c> leaves them out.</summary>
    public IReadOnlyList<string> LocalPackages { get; private init; } = [];

    /// <summary>Lists and hashes all that a restore needs.</summary>
    /// <param name="source">
    /// A solution, a project, a folder that has one, a <c>project.assets.json</c>, or a packages folder, as
    /// <c>dotnet restore --packages</c> fills it. Projects have to be restored, for the runtimes that they are published for.
    /// </param>
    /// <param name="options">What to take in and leave out; null takes the defaults.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="GitOpsException">Something is not restored, or cannot be understood.</exception>
    /// <exception cref="NixFileException">A file is missing or unreadable.</exception>
    public static async Task<NuGetLock> CreateAsync(string source, NuGetLockOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        options ??= new NuGetLockOptions();
        var restored = new RestoredPackages(options);
        await restored.AddAsync(source, cancellationToken).ConfigureAwait(false);
        var cache = await NupkgHashCache.OpenAsync(options.CacheFile, cancellationToken).ConfigureAwait(false);
        using var sources = new PackageSources(options);
        var packages = restored.Packages.ToList();
        var entries = new NuGetLockEntry?[packages.Count];
        var done = 0;
        await Parallel.ForAsync(0, packages.Count, cancellationToken, async (i, token) =>
        {
            entries[i] = await MakeEntryAsync(packages[i], options, sources, cache, token).ConfigureAwait(false);
            options.Progress?.Report(new NixProgress("hashing", source, Interlocked.Increment(ref done), packages.Count, ProgressUnit.Items));
        }).ConfigureAwait(false);
        await cache.SaveAsync(cancellationToken).ConfigureAwait(false);
        return new NuGetLock(entries.OfType<NuGetLockEntry>())
        {
            LocalPackages = [.. packages.Where((package, i) => entries[i] is null && !IsExcluded(package, options)).Select(static package => package.ToString()).Order(StringComparer.Ordinal)],
        };
    }

    /// <summary>Compares a file with all that a restore needs; a file that is not there lists nothing.</summary>
    /// <param name="source">What to restore, as for <see cref="CreateAsync"/>.</param>
    /// <param name="file">The <c>deps.json</c>.</param>
    /// <param name="options">What to take in and leave out; null takes the defaults.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="GitOpsException">Something is not restored, or cannot be understood.</exception>
    /// <exception cref="NixFileException">A file is missing or unreadable.</exception>
    public static async Task<NuGetLockDifference> CompareAsync(string source, string file, NuGetLockOptions? options = null, CancellationToken cancellationToken = default)
    {
        var old = File.Exists(file) ? await ReadAsync(file, cancellationToken).ConfigureAwait(false) : new NuGetLock([]);
        return NuGetLockDifference.Between(old, await CreateAsync(source, options, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<NuGetLockEntry?> MakeEntryAsync(
        RestoredPackage package,
        NuGetLockOptions options,
        PackageSources sources,
        NupkgHashCache cache,
        CancellationToken cancellationToken)
    {
        if (IsExcluded(package, options))
        {
            return null;
        }

        var origin = await PackageOrigin.ReadAsync(package, cancellationToken).ConfigureAwait(false);
        return origin.IsLocal
            ? null
            : new NuGetLockEntry(
                NuspecFile.ReadName(package),
                package.Version,
                cache.Hash(package, cancellationToken),
                await sources.FindUrlAsync(package, origin.Source, cancellationToken).ConfigureAwait(false));
    }

    private static bool IsExcluded(RestoredPackage package, NuGetLockOptions options) =>
        options.Exclude.Any(pattern =>
            FileSystemName.MatchesSimpleExpression(pattern, package.Name) ||
            FileSystemName.MatchesSimpleExpression(pattern, $"{package.Name}/{package.Version}") ||
            FileSystemName.MatchesSimpleExpression(pattern, $"{package.Name}.{package.Version}.nupkg"));
}
