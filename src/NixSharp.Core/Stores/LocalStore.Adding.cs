using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    /// <inheritdoc/>
    public Task<StorePath> AddAsync(string source, string? name = null, AddOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(source));
        name ??= Path.GetFileName(full);
        StorePath.CheckName(name);
        return RunAsync(() => AddFilesAsync(full, name, options ?? AddOptions.Default, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<StorePath> AddTextAsync(string name, string text, IReadOnlyCollection<StorePath>? references = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        StorePath.CheckName(name);
        return RunAsync(
            () =>
            {
                var bytes = ByteText.ToBytes(text);
                if (name.EndsWith(Derivation.FileExtension, StringComparison.Ordinal))
                {
                    DerivationFile.Check(name, bytes, references, StoreDirectory);
                }

                var address = ContentAddress.Text(NixHash.Compute(NixHashAlgorithm.Sha256, bytes));
                var path = StorePath.FromContentAddress(name, address, references, directory: StoreDirectory);
                return AddContentAddressedAsync(path, address, references ?? [], staging => WriteText(staging, bytes, cancellationToken), cancellationToken);
            },
            cancellationToken);
    }

    private static NarDigest WriteText(string path, byte[] contents, CancellationToken cancellationToken)
    {
        using (var writer = new TreeWriter(path, TreeWriterOptions.Canonical))
        using (var stream = new MemoryStream(contents, writable: false))
        {
            writer.AddFile([], executable: false, contents.Length, stream);
        }

        return NarArchive.Digest(path, NixHashAlgorithm.Sha256, [], null, cancellationToken);
    }

    private Task<StorePath> AddFilesAsync(string source, string name, AddOptions options, CancellationToken cancellationToken)
    {
        RefuseIfAround(source);
        source = SourceAddress.Resolve(source, options);
        var (address, references) = SourceAddress.Compute(source, options, options.Progress, cancellationToken);
        var path = StorePath.FromContentAddress(name, address, references, directory: StoreDirectory);
        return AddContentAddressedAsync(path, address, references, Copy, cancellationToken);

        NarDigest Copy(string staging)
        {
            // What is copied is hashed on its way: the source may have changed since it was hashed.
            var digest = CopyHashed(source, staging, options.Method, cancellationToken);
            var isNarHash = options is { Method: FileIngestionMethod.Recursive, Algorithm: NixHashAlgorithm.Sha256 };
            var copied = isNarHash ? digest.Hash : SourceAddress.Compute(staging, options, null, cancellationToken).Address.Hash;
            return copied == address.Hash
                ? digest
                : throw SourceAddress.Changed(source);
        }
    }

    private static NarDigest CopyHashed(string source, string target, FileIngestionMethod method, CancellationToken cancellationToken)
    {
        using var digester = new NarDigester(NixHashAlgorithm.Sha256, [], cancellationToken: cancellationToken);
        using (var nar = new NarWriter(digester))
        using (var writer = new TreeWriter(target, TreeWriterOptions.Canonical))
        {
            IFileTreeSink sink = new NarTee(writer, nar);
            FileTree.Read(source, method == FileIngestionMethod.Flat ? new PlainFileSink(sink) : sink, cancellationToken);
        }

        return digester.Complete();
    }

    /// <summary>A folder that holds the store would be copied into itself, without end.</summary>
    private void RefuseIfAround(string source)
    {
        var folder = Path.EndsInDirectorySeparator(source) ? source : source + Path.DirectorySeparatorChar;
        if ($"{Path.GetFullPath(Layout.RealStore)}{Path.DirectorySeparatorChar}".StartsWith(folder, StringComparison.Ordinal))
        {
            throw new NixStoreException(
                NixErrorCodes.StoreWriteFailed,
                $"{source} cannot be added to the store in {Layout.Root ?? "/"}, because that store lies inside it. Keep the store in a folder elsewhere.");
        }
    }

    private Task<StorePath> AddContentAddressedAsync(
        StorePath path,
        ContentAddress address,
        IReadOnlyCollection<StorePath> references,
        Func<string, NarDigest> write,
        CancellationToken cancellationToken) => AddPathAsync(
            path,
            staging =>
            {
                var digest = write(staging);
                return new PathInfo
                {
                    Path = path,
                    NarHash = digest.Hash,
                    NarSize = digest.Size,
                    References = [.. references.Distinct().Order()],
                    RegistrationTime = DateTimeOffset.UtcNow,
                    ContentAddress = address,
                };
            },
            replace: false,
            cancellationToken);
}
