using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Serving;

/// <summary>
/// Contents that a client sends and whose path is known only at their end: kept meanwhile as a NAR, in a file that goes away
/// with this.
/// </summary>
internal sealed class AddedContents : IDisposable
{
    private readonly FileStream _nar;

    private AddedContents(FileStream nar) => _nar = nar;

    /// <summary>Takes in a NAR, and reads no byte beyond it.</summary>
    /// <exception cref="NixFormatException">The bytes are no NAR.</exception>
    public static async Task<AddedContents> OfNarAsync(Stream nar, long limit, CancellationToken cancellationToken)
    {
        var file = Create();
        try
        {
            await Task.Run(
                () =>
                {
                    using var copied = new TeeStream(nar, block =>
                    {
                        file.Write(block);
                        RefuseIfLarger(file.Position, limit);
                    });
                    NarReader.Read(copied, new Nothing(), cancellationToken);
                    file.Flush();
                },
                cancellationToken).ConfigureAwait(false);
            return new AddedContents(file);
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes in the contents of one file, up to the end of the stream.</summary>
    public static async Task<AddedContents> OfFileAsync(Stream contents, long limit, CancellationToken cancellationToken)
    {
        var plain = Create();
        await using (plain.ConfigureAwait(false))
        {
            var block = new byte[64 * 1024];
            while (await contents.ReadAsync(block, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                await plain.WriteAsync(block.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                RefuseIfLarger(plain.Position, limit);
            }

            plain.Position = 0;
            var file = Create();
            try
            {
                using (var writer = new NarWriter(file))
                {
                    writer.AddFile([], executable: false, plain.Length, plain);
                }

                await file.FlushAsync(cancellationToken).ConfigureAwait(false);
                return new AddedContents(file);
            }
            catch
            {
                await file.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Says what path these contents have.</summary>
    /// <exception cref="NixFormatException">They cannot be addressed in that way.</exception>
    public PathInfo Describe(
        string name,
        ContentAddressMethod method,
        NixHashAlgorithm algorithm,
        IReadOnlyList<StorePath> references,
        StoreDirectory directory,
        CancellationToken cancellationToken)
    {
        StorePath.CheckName(name);
        _nar.Position = 0;
        var narHash = NixHash.Compute(NixHashAlgorithm.Sha256, _nar);
        var address = method switch
        {
            ContentAddressMethod.Nar when algorithm == NixHashAlgorithm.Sha256 => ContentAddress.Fixed(FileIngestionMethod.Recursive, narHash),
            ContentAddressMethod.Nar => ContentAddress.Fixed(FileIngestionMethod.Recursive, HashNar(algorithm)),
            ContentAddressMethod.Flat => ContentAddress.Fixed(FileIngestionMethod.Flat, HashFile(algorithm, cancellationToken)),
            ContentAddressMethod.Text when algorithm == NixHashAlgorithm.Sha256 => ContentAddress.Text(HashFile(algorithm, cancellationToken)),
            _ => throw new NixFormatException(
                NixErrorCodes.InvalidContentAddress,
                $"'{name}' cannot be added: contents cannot be addressed by {method} and {algorithm.GetName()} here. Add it as a NAR or flat."),
        };
        return new PathInfo
        {
            Path = StorePath.FromContentAddress(name, address, references, directory: directory),
            NarHash = narHash,
            NarSize = _nar.Length,
            References = references,
            ContentAddress = address,
        };
    }

    /// <summary>The NAR, from its start.</summary>
    public Stream OpenNar()
    {
        _nar.Position = 0;
        return new TeeStream(_nar, static _ => { });
    }

    public void Dispose() => _nar.Dispose();

    private NixHash HashNar(NixHashAlgorithm algorithm)
    {
        _nar.Position = 0;
        return NixHash.Compute(algorithm, _nar);
    }

    private NixHash HashFile(NixHashAlgorithm algorithm, CancellationToken cancellationToken)
    {
        _nar.Position = 0;
        var hasher = new PlainFileHasher(algorithm);
        NarReader.Read(_nar, hasher, cancellationToken);
        return hasher.Hash;
    }

    private static void RefuseIfLarger(long size, long limit)
    {
        if (size > limit)
        {
            throw new NixStoreException(NixErrorCodes.ObjectTooLarge, $"What is being added has more than the {limit} bytes that this daemon takes. Raise its limit.");
        }
    }

    private static FileStream Create() => new(
        Path.Combine(Path.GetTempPath(), $"nixsharp-{Guid.NewGuid():N}"),
        FileMode.CreateNew,
        FileAccess.ReadWrite,
        FileShare.None,
        64 * 1024,
        FileOptions.DeleteOnClose);

    private sealed class Nothing : IFileTreeSink
    {
        public void BeginDirectory(ReadOnlySpan<byte> name)
        {
        }

        public void EndDirectory()
        {
        }

        public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
        {
        }

        public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
        {
        }
    }
}
