using System.Security.Cryptography;
using NixSharp.Files;
using NixSharp.Hashing;

namespace NixSharp.Stores.Caches;

/// <summary>Hashes and counts what is written, and passes it on to a stream, which stays open.</summary>
internal sealed class HashingStream(Stream inner, NixHashAlgorithm algorithm = NixHashAlgorithm.Sha256) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(algorithm.ToHashAlgorithmName());

    /// <summary>The bytes that passed.</summary>
    public long Size { get; private set; }

    /// <summary>The hash of the bytes that passed.</summary>
    public NixHash Hash => new(algorithm, _hash.GetCurrentHash());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hash.AppendData(buffer);
        Size += buffer.Length;
        inner.Write(buffer);
    }

    public override void Flush() => inner.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
