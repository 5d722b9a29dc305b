using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    private readonly Lock _rootsGate = new();
    private TemporaryRoots? _temporaryRoots;

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
            using (var writer = new TreeWriter(staging, TreeWriterOptions.Canonical))
            {
                IFileTreeSink sink = options.Method == FileIngestionMethod.Flat ? new PlainFileSink(writer) : writer;
                FileTree.Read(source, sink, cancellationToken);
            }

            // What was copied is what counts: the source may have changed since it was hashed.
            var digest = NarArchive.Digest(staging, NixHashAlgorithm.Sha256, [], null, cancellationToken);
            var isNarHash = options is { Method: FileIngestionMethod.Recursive, Algorithm: NixHashAlgorithm.Sha256 };
            var copied = isNarHash ? digest.Hash : SourceAddress.Compute(staging, options, null, cancellationToken).Address.Hash;
            return copied == address.Hash
                ? digest
                : throw SourceAddress.Changed(source);
        }
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

    /// <summary>Has a path's files written beside their place, and makes the path valid.</summary>
    /// <param name="path">The path.</param>
    /// <param name="write">Writes the files to the place that it is given, and tells what they are.</param>
    /// <param name="replace">Whether files that are there are replaced even though the path is valid.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    private async Task<StorePath> AddPathAsync(StorePath path, Func<string, PathInfo> write, bool replace, CancellationToken cancellationToken)
    {
        if (!replace && IsPresent(path) && IsReadOnly)
        {
            return path;
        }

        RefuseIfReadOnly();
        var roots = OpenTemporaryRoots();
        await roots.AddAsync(path, cancellationToken).ConfigureAwait(false);
        if (!replace && IsPresent(path))
        {
            return path;
        }

        var held = await LockAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            if (replace || !IsPresent(path))
            {
                await WriteAsync().ConfigureAwait(false);
            }

            return path;
        }
        finally
        {
            held.DeleteAndDispose();
        }

        async Task WriteAsync()
        {
            var staging = NewStagingPath();
            var stagingPath = GetRealPath(staging);
            await roots.AddAsync(staging, cancellationToken).ConfigureAwait(false);
            try
            {
                var info = write(stagingPath);
                if (_options.SyncBeforeRegistering)
                {
                    FileTree.Sync(stagingPath);
                }

                // What is there without being valid was left by a process that was killed.
                FileTree.Delete(GetRealPath(path), cancellationToken);
                FileTree.Move(stagingPath, GetRealPath(path));
                Register(info);
            }
            finally
            {
                FileTree.Delete(stagingPath, CancellationToken.None);
            }
        }
    }

    /// <summary>Makes paths valid whose files are in place, all or none, or takes the files away again.</summary>
    private void Register(params IReadOnlyCollection<PathInfo> infos)
    {
        try
        {
            var outputs = infos.Where(static info => info.Path.IsDerivation).ToDictionary(static info => info.Path, info => CheckDerivation(info.Path));
            _database.Register(infos, path => outputs[path]);
        }
        catch
        {
            // A commit that seemed to fail may have made the paths valid all the same.
            foreach (var info in infos.Where(info => !_database.IsValid(info.Path)))
            {
                FileTree.Delete(GetRealPath(info.Path), CancellationToken.None);
            }

            throw;
        }
    }

    private Task<FileLock> LockAsync(StorePath path, CancellationToken cancellationToken) =>
        FileLock.AcquireAsync(GetRealPath(path) + ".lock", FileLockMode.Exclusive, cancellationToken: cancellationToken);

    /// <summary>Whether a path is valid and its files are there.</summary>
    private bool IsPresent(StorePath path) => _database.IsValid(path) && FileTree.Exists(GetRealPath(path));

    private TemporaryRoots OpenTemporaryRoots()
    {
        lock (_rootsGate)
        {
            return _temporaryRoots ??= TemporaryRoots.Open(Layout);
        }
    }

    private void RefuseIfReadOnly()
    {
        if (IsReadOnly)
        {
            throw new NixStoreException(
                NixErrorCodes.StoreWriteFailed,
                $"The store in {Layout.Root ?? "/"} can only be read by this user. Use another store, or become its owner.");
        }
    }
}
