using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Nar;

/// <summary>NARs of files on this machine: dump, hash, unpack.</summary>
public static class NarArchive
{
    /// <summary>Writes the NAR of the file, folder or symlink at <paramref name="path"/>; <paramref name="output"/> stays open.</summary>
    /// <exception cref="NixFileException">There is nothing there, it cannot be read, or it has no place in a NAR.</exception>
    public static Task DumpAsync(string path, Stream output, CancellationToken cancellationToken = default) =>
        Task.Run(
            () =>
            {
                using var writer = new NarWriter(output);
                FileTree.Read(path, writer, cancellationToken);
            },
            cancellationToken);

    /// <summary>
    /// Hashes the NAR of what is at <paramref name="path"/> without writing it anywhere, and looks for references in
    /// the same pass.
    /// </summary>
    public static Task<NarDigest> DigestAsync(
        string path,
        NixHashAlgorithm algorithm = NixHashAlgorithm.Sha256,
        IReadOnlyCollection<StorePath>? candidates = null,
        IProgress<NixProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Task.Run(() => Digest(path, algorithm, candidates ?? [], progress, cancellationToken), cancellationToken);

    /// <summary>
    /// Unpacks a NAR to <paramref name="path"/>, which must not exist. The tree appears whole or not at all.
    /// </summary>
    /// <returns>The NAR's size in bytes.</returns>
    /// <exception cref="NixFormatException">The bytes are no canonical NAR.</exception>
    public static Task<long> UnpackAsync(Stream input, string path, CancellationToken cancellationToken = default) =>
        UnpackAsync(input, path, refuseCaseCollisions: OperatingSystem.IsMacOS() || OperatingSystem.IsWindows(), cancellationToken);

    /// <summary>Unpacks a NAR to <paramref name="path"/>, which must not exist. The tree appears whole or not at all.</summary>
    /// <param name="input">The NAR, from here to its end.</param>
    /// <param name="path">Where it is unpacked.</param>
    /// <param name="refuseCaseCollisions">Whether names that differ only in case are refused, as macOS and Windows would mix them up.</param>
    /// <param name="cancellationToken">Stops the operation and leaves nothing.</param>
    /// <returns>The NAR's size in bytes.</returns>
    /// <exception cref="NixFormatException">The bytes are no canonical NAR, or names collide.</exception>
    public static Task<long> UnpackAsync(Stream input, string path, bool refuseCaseCollisions, CancellationToken cancellationToken = default) => Task.Run(
        () => StagedTree.Write(path, sink => NarReader.Read(input, refuseCaseCollisions ? new CaseCollisionSink(sink) : sink, cancellationToken)),
        cancellationToken);

    internal static NarDigest Digest(
        string path,
        NixHashAlgorithm algorithm,
        IReadOnlyCollection<StorePath> candidates,
        IProgress<NixProgress>? progress,
        CancellationToken cancellationToken)
    {
        using var digester = new NarDigester(
            algorithm,
            candidates,
            progress is null ? null : size => progress.Report(new NixProgress("hashing", path, size, null)),
            cancellationToken);
        using (var writer = new NarWriter(digester))
        {
            FileTree.Read(path, writer, cancellationToken);
        }

        return digester.Complete();
    }
}
