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
    private static readonly string NoHashPart = new('\0', StorePath.HashPartLength);

    private readonly NixHashAlgorithm _algorithm;
    private readonly IncrementalHash _hash;
    private readonly HashRewriter _rewriter;

    public SelfReferenceHasher(NixHashAlgorithm algorithm, StorePath self)
    {
        _algorithm = algorithm;
        _hash = IncrementalHash.CreateHash(algorithm.ToHashAlgorithmName());
        _rewriter = new HashRewriter(new HashStream(_hash), new Dictionary<string, string> { [self.HashPart.ToString()] = NoHashPart });
    }

    public override void Write(ReadOnlySpan<byte> buffer) => _rewriter.Write(buffer);

    /// <summary>The hash with the places, and the one without.</summary>
    public (NixHash WithPlaces, NixHash WithoutPlaces) Complete()
    {
        _rewriter.Complete();
        var without = new NixHash(_algorithm, _hash.GetCurrentHash());
        foreach (var place in _rewriter.Offsets)
        {
            _hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"|{place}")));
        }

        return (new NixHash(_algorithm, _hash.GetHashAndReset()), without);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _rewriter.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
