using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Nar;

/// <summary>
/// Hashes what is written to it as if the hash part of one path, its own, were not known yet: 32 NULs stand in its
/// place, and each place is hashed after all else. Nix 2.17 to 2.34 left the places out.
/// </summary>
internal sealed class SelfReferenceHasher : WriteOnlyStream
{
    private const int PartLength = StorePath.HashPartLength;
    private const int BufferSize = 256 * 1024;

    private readonly NixHashAlgorithm _algorithm;
    private readonly IncrementalHash _hash;
    private readonly byte[] _hashPart;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private readonly List<long> _places = [];
    private int _count;
    private long _offset;
    private bool _isDisposed;

    public SelfReferenceHasher(NixHashAlgorithm algorithm, StorePath self)
    {
        _algorithm = algorithm;
        _hash = IncrementalHash.CreateHash(algorithm.ToHashAlgorithmName());
        _hashPart = Encoding.ASCII.GetBytes(self.HashPart.ToString());
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, BufferSize - _count);
            buffer[..count].CopyTo(_buffer.AsSpan(_count));
            _count += count;
            buffer = buffer[count..];
            if (_count == BufferSize)
            {
                // What could be the start of a hash part waits for the rest.
                HashAllBut(PartLength - 1);
            }
        }
    }

    /// <summary>The hash with the places, and the one without.</summary>
    public (NixHash WithPlaces, NixHash WithoutPlaces) Complete()
    {
        HashAllBut(0);
        var without = new NixHash(_algorithm, _hash.GetCurrentHash());
        foreach (var place in _places)
        {
            _hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"|{place}")));
        }

        return (new NixHash(_algorithm, _hash.GetHashAndReset()), without);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            ArrayPool<byte>.Shared.Return(_buffer);
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void HashAllBut(int kept)
    {
        var data = _buffer.AsSpan(0, _count);
        for (var from = 0; data[from..].IndexOf(_hashPart) is var at and >= 0; from += at + PartLength)
        {
            data.Slice(from + at, PartLength).Clear();
            _places.Add(_offset + from + at);
        }

        var count = Math.Max(0, _count - kept);
        _hash.AppendData(data[..count]);
        data[count..].CopyTo(_buffer);
        _offset += count;
        _count -= count;
    }
}
