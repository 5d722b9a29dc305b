using System.Security.Cryptography;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;

namespace NixSharp.Stores.Caches;

/// <summary>Hashes a NAR, large ones on a thread of their own, and refuses more bytes than were announced.</summary>
internal sealed class NarDigestStream : WriteOnlyStream
{
    // Below this, starting a thread takes longer than hashing.
    private const long Large = 1024 * 1024;

    private readonly NarDigester? _digester;
    private readonly IncrementalHash? _hash;
    private readonly long _limit;

    /// <param name="size">The size that was announced; null where it is not known.</param>
    public NarDigestStream(long? size)
    {
        _limit = size ?? long.MaxValue;
        if (_limit > Large)
        {
            _digester = new NarDigester(NixHashAlgorithm.Sha256, []);
        }
        else
        {
            _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
    }

    /// <summary>The bytes so far.</summary>
    public long Size { get; private set; }

    /// <summary>Whether more bytes came than were announced.</summary>
    public bool IsTooLarge => Size > _limit;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Size += buffer.Length;
        _hash?.AppendData(buffer);
        _digester?.Write(buffer);
    }

    /// <summary>The hash of all that came.</summary>
    public NixHash Complete() => _digester?.Complete().Hash ?? new NixHash(NixHashAlgorithm.Sha256, _hash!.GetHashAndReset());

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _digester?.Dispose();
            _hash?.Dispose();
        }

        base.Dispose(disposing);
    }
}
