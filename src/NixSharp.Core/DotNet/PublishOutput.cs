using System.Text.RegularExpressions;
using NixSharp.Files;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.DotNet;

/// <summary>Adds what <c>dotnet publish</c> made to stores.</summary>
public static partial class PublishOutput
{
    private const string PackagesName = "dotnet-packages";
    private const string RuntimeName = "dotnet-runtime";

    /// <summary>
    /// Adds a publish output as up to three store objects: the application, with symlinks to the NuGet packages' files and
    /// to the runtime's, which are objects of their own. The path is the application's, and the others are references of
    /// it; they stay what they are while only the application changes, and so do the layers of images that they are in.
    /// </summary>
    /// <remarks>
    /// Which files are whose is read from the <c>*.deps.json</c> in the folder. Where there is none, as in an output of a
    /// single file, or where it tells of no package and no runtime, the folder is added as it is.
    /// </remarks>
    /// <param name="store">The store.</param>
    /// <param name="folder">The publish output.</param>
    /// <param name="name">The name of the application's store path.</param>
    /// <param name="options">How objects are added; null takes the defaults.</param>
    /// <param name="cancellationToken">Stops the adding. Packages and runtime may be in the store then, as garbage.</param>
    /// <exception cref="NixFileException">The folder is not there or cannot be read.</exception>
    /// <exception cref="NixStoreException">The store cannot be written to.</exception>
    public static async Task<StorePath> AddPublishOutputAsync(
        this INixStore store,
        string folder,
        string name,
        AddOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= AddOptions.Default;
        if (!Directory.Exists(folder) || Divide(folder) is not { } parts)
        {
            return await store.AddAsync(folder, name, options, cancellationToken).ConfigureAwait(false);
        }

        var staging = Directory.CreateTempSubdirectory("nixsharp-");
        try
        {
            var application = new StagedOutput(folder, Path.Combine(staging.FullName, "application"));
            var references = new List<StorePath>(options.ReferenceCandidates);
            foreach (var (files, part) in parts)
            {
                var path = await AddAsync(files, part).ConfigureAwait(false);
                references.Add(path);
                application.Link(files, path);
            }

            application.CopyRest();
            return await store.AddAsync(application.Folder, name, options with { ReferenceCandidates = references }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw new NixFileException(
                NixErrorCodes.SourceUnreadable,
                $"The publish output {folder} cannot be divided into packages, runtime and application: {FileErrors.Explain(error)} Check the permissions there, and the free space in {Path.GetTempPath()}.",
                folder,
                error);
        }
        finally
        {
            staging.Delete(recursive: true);
        }

        async Task<StorePath> AddAsync(IReadOnlyList<string> files, string part)
        {
            var staged = new StagedOutput(folder, Path.Combine(staging.FullName, part));
            staged.Copy(files);
            return await store.AddAsync(staged.Folder, part, options, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The parts that are not the application's own, with their names; null where there are none.</summary>
    private static List<(IReadOnlyList<string> Files, string Name)>? Divide(string folder)
    {
        var published = PublishedFiles.Read(folder);
        var files = StagedOutput.FilesOf(folder).ToLookup(published.OriginOf);
        var runtime = published.RuntimeVersion is { } version && VersionPattern().IsMatch(version) ? $"{RuntimeName}-{version}" : RuntimeName;
        List<(IReadOnlyList<string> Files, string Name)> parts =
        [
            ([.. files[PublishedOrigin.Runtime]], runtime),
            ([.. files[PublishedOrigin.Package]], PackagesName),
        ];
        parts.RemoveAll(static part => part.Files.Count == 0);
        return parts.Count == 0 ? null : parts;
    }

    [GeneratedRegex("^[0-9A-Za-z.+-]{1,50}$", RegexOptions.CultureInvariant)]
    private static partial Regex VersionPattern();
}
