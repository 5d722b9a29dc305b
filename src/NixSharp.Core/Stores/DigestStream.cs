using System.Security.Cryptography;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;

namespace NixSharp.Stores;

/// <summary>Hashes what is written to it: at once, or on a thread of its own.</summary>
internal sealed class DigestStream : WriteOnlyStream
{
    private readonly IncrementalHash? _hash;
    private readonly NarDigester? _digester;

    // Below this a thread of its own for hashing costs more than it saves.
    private const long Small = 512 * 1024;

    private DigestStream() => _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private DigestStream(IProgress<long>? progress, CancellationToken cancellationToken) =>
        _digester = new NarDigester(NixHashAlgorithm.Sha256, [], progress is null ? null : progress.Report, cancellationToken);

    /// <summary>Makes a stream for about so many bytes.</summary>
    public static DigestStream Create(long size, IProgress<long>? progress, CancellationToken cancellationToken) =>
        size <= Small ? new DigestStream() : new DigestStream(progress, cancellationToken);

    /// <summary>How many bytes were written.</summary>
    public long Size { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Size += buffer.Length;
        if (_digester is not null)
        {
            _digester.Write(buffer);
        }
        else
        {
            _hash!.AppendData(buffer);
        }
    }

    public NixHash Complete() => _digester?.Complete().Hash ?? new NixHash(NixHashAlgorithm.Sha256, _hash!.GetHashAndReset());

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash?.Dispose();
            _digester?.Dispose();
        }

        base.Dispose(disposing);
    }
}
