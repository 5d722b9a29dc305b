using NixSharp.Files;
using NixSharp.Nar;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>What files that are added to a store are addressed by.</summary>
internal static class SourceAddress
{
    /// <summary>The full path of what is added. A flat hash is one of contents, so there symlinks are followed to the file.</summary>
    public static string Resolve(string source, AddOptions options)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(source));
        try
        {
            var file = new FileInfo(full);
            return options.Method != FileIngestionMethod.Flat || file.LinkTarget is null
                ? full
                : file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(full, error);
        }
    }

    /// <summary>The content address, and the references that were found.</summary>
    public static (ContentAddress Address, IReadOnlyList<StorePath> References) Compute(
        string source,
        AddOptions options,
        IProgress<NixProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (options.Method == FileIngestionMethod.Flat)
        {
            var hasher = new PlainFileHasher(options.Algorithm);
            FileTree.Read(source, hasher, cancellationToken);
            return (ContentAddress.Fixed(options.Method, hasher.Hash), []);
        }

        if (options.Method == FileIngestionMethod.Git)
        {
            var hasher = new GitTreeHasher(options.Algorithm);
            FileTree.Read(source, hasher, cancellationToken);
            return hasher.IsUnambiguous
                ? (ContentAddress.Fixed(options.Method, hasher.Hash), [])
                : throw new NixFormatException(
                    NixErrorCodes.UnsupportedFileType,
                    $"{source} cannot be added as Git hashes it, because that does not tell a program or a symlink from a plain file. Add the folder that it is in, or add it recursively.");
        }

        var digest = NarArchive.Digest(source, options.Algorithm, options.ReferenceCandidates, progress, cancellationToken);
        return (ContentAddress.Fixed(options.Method, digest.Hash), digest.References);
    }

    public static NixFileException Changed(string source) => new(
        NixErrorCodes.SourceChanged,
        $"{source} changed while it was being added. Nothing was added; try again when nobody writes to it.",
        source);
}
