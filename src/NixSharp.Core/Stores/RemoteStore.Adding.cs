using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores;

public abstract partial class RemoteStore
{
    /// <inheritdoc/>
    public async Task<StorePath> AddAsync(string source, string? name = null, AddOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        options ??= AddOptions.Default;
        name ??= Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)));
        StorePath.CheckName(name);
        var full = SourceAddress.Resolve(source, options);
        var info = await Task.Run(() => Describe(full, name, options, cancellationToken), cancellationToken).ConfigureAwait(false);
        try
        {
            await NarPipe.RunAsync(
                (nar, token) => Task.Run(() => Dump(full, options, nar, token), token),
                (nar, token) => AddNarAsync(info, nar, cancellationToken: token),
                cancellationToken).ConfigureAwait(false);
        }
        catch (NixStoreException error) when (error.Code == NixErrorCodes.NarMismatch)
        {
            // The daemon hashes what comes: the source is no more what it was when its path was computed.
            throw new NixFileException(
                NixErrorCodes.SourceChanged,
                $"{full} changed while it was being added. Nothing was added; try again when nobody writes to it.",
                full,
                error);
        }

        return info.Path;
    }

    /// <inheritdoc/>
    public async Task<StorePath> AddTextAsync(string name, string text, IReadOnlyCollection<StorePath>? references = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        StorePath.CheckName(name);
        var bytes = ByteText.ToBytes(text);
        var address = ContentAddress.Text(NixHash.Compute(NixHashAlgorithm.Sha256, bytes));
        var expected = StorePath.FromContentAddress(name, address, references, directory: StoreDirectory);
        var added = await _pool.UseAsync(
            connection => connection.Version.Has(25)
                ? AddFramedTextAsync(connection, name, bytes, references ?? [], cancellationToken)
                : connection.AskAsync(
                    WorkerOperation.AddTextToStore,
                    writer =>
                    {
                        writer.WriteString(name);
                        writer.WriteBytes(bytes);
                        writer.WritePaths(references ?? []);
                    },
                    static (reader, cancellation) => reader.ReadPathAsync(cancellation),
                    null,
                    cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return added == expected
            ? added
            : throw new NixStoreException(
                NixErrorCodes.DaemonFailed,
                $"The store {Name} was given '{name}' and made {added} of it, where {expected} should come out. Check that its store directory is {StoreDirectory}, and give another with store= in its URI.");
    }

    private static Task<StorePath> AddFramedTextAsync(
        DaemonConnection connection,
        string name,
        byte[] text,
        IReadOnlyCollection<StorePath> references,
        CancellationToken cancellationToken)
    {
        var request = new AddToStoreRequest
        {
            Name = name,
            Method = ContentAddressMethod.Text,
            Algorithm = NixHashAlgorithm.Sha256,
            References = [.. references],
        };
        return connection.SendAsync(
            WorkerOperation.AddToStore,
            request.Write,
            (writer, cancellation) => DaemonConnection.Framed(writer, frames => frames.WriteAsync(text, cancellation).AsTask(), cancellation),
            static async (reader, cancellation) => (await reader.ReadPathInfoAsync(cancellation).ConfigureAwait(false)).Path,
            cancellationToken);
    }

    /// <summary>What the store will know of the files once they are added.</summary>
    private PathInfo Describe(string source, string name, AddOptions options, CancellationToken cancellationToken)
    {
        using var digester = new NarDigester(
            NixHashAlgorithm.Sha256,
            options.Method == FileIngestionMethod.Flat ? [] : options.ReferenceCandidates,
            options.Progress is { } progress ? size => progress.Report(new NixProgress("hashing", source, size, null)) : null,
            cancellationToken);
        Dump(source, options, digester, cancellationToken);
        var nar = digester.Complete();
        var address = options is { Method: FileIngestionMethod.Recursive, Algorithm: NixHashAlgorithm.Sha256 }
            ? ContentAddress.Fixed(options.Method, nar.Hash)
            : SourceAddress.Compute(source, options, null, cancellationToken).Address;
        return new PathInfo
        {
            Path = StorePath.FromContentAddress(name, address, nar.References, directory: StoreDirectory),
            NarHash = nar.Hash,
            NarSize = nar.Size,
            References = nar.References,
            ContentAddress = address,
        };
    }

    private static void Dump(string source, AddOptions options, Stream output, CancellationToken cancellationToken)
    {
        using var writer = new NarWriter(output);
        FileTree.Read(source, options.Method == FileIngestionMethod.Flat ? new PlainFileSink(writer) : writer, cancellationToken);
    }
}
