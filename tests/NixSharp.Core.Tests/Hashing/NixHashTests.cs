using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Hashing;

public sealed class NixHashTests
{
    private static JObject Golden => GoldenData.ReadJson("vectors/hashes.json");

    [RequiresFact(Requirements.Golden)]
    public void Golden_inputs_have_their_digests_in_every_format()
    {
        foreach (var vector in Golden["digests"]!)
        {
            var name = (string)vector["algo"]!;
            var hash = NixHash.Compute(Algorithm(name), Encoding.UTF8.GetBytes((string)vector["inputUtf8"]!));
            AssertFormats(hash, vector);
            Assert.Equal((string)vector["sri"]!, hash.ToString());
            Assert.Equal(hash, NixHash.Parse((string)vector["sri"]!));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_digests_are_converted()
    {
        foreach (var vector in Golden["convert"]!)
        {
            AssertFormats(new NixHash(Algorithm((string)vector["algo"]!), Convert.FromHexString((string)vector["base16"]!)), vector);
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_texts_that_Nix_reads_are_read()
    {
        foreach (var vector in Golden["parseOk"]!.Concat(Golden["parseWithAlgoGiven"]!))
        {
            var algorithm = vector["algo"] is { } name ? Algorithm((string)name!) : (NixHashAlgorithm?)null;
            Assert.Equal((string)vector["hex"]!, NixHash.Parse((string)vector["text"]!, algorithm).ToDigestString(HashFormat.Base16));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_texts_that_are_no_hash_are_refused()
    {
        foreach (var vector in Golden["parseFail"]!)
        {
            var algorithm = (string?)vector["algo"] is { } name ? Algorithm(name) : (NixHashAlgorithm?)null;
            var error = Assert.Throws<NixFormatException>(() => NixHash.Parse((string)vector["text"]!, algorithm));
            Assert.Equal(NixErrorCodes.InvalidHash, error.Code);
            Assert.False(NixHash.TryParse((string)vector["text"]!, algorithm, out _));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_digests_are_folded()
    {
        foreach (var vector in GoldenData.ReadJson("vectors/store-path-compute.json")["compressHash"]!)
        {
            var folded = new byte[(int)vector["size"]!];
            HashCompression.Fold(Convert.FromHexString((string)vector["inputHex"]!), folded);
            Assert.Equal((string)vector["outputHex"]!, Convert.ToHexStringLower(folded));
        }
    }

    [Fact]
    public void Every_format_of_every_algorithm_is_read_back()
    {
        Prop.ForAll(
            Gen.Choose(int.MinValue, int.MaxValue).ToArbitrary(),
            static seed =>
            {
                foreach (var algorithm in Enum.GetValues<NixHashAlgorithm>())
                {
                    var digest = new byte[algorithm.GetDigestSize()];
                    new Random(seed).NextBytes(digest);
                    var hash = new NixHash(algorithm, digest);
                    foreach (var format in Enum.GetValues<HashFormat>())
                    {
                        Assert.Equal(hash, NixHash.Parse(hash.ToString(format)));
                        if (format != HashFormat.Sri)
                        {
                            Assert.Equal(hash, NixHash.Parse(hash.ToDigestString(format), algorithm));
                        }
                    }
                }
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_text_is_a_hash_or_refused_with_a_code() =>
        Prop.ForAll<string>(static text =>
        {
            var error = Record.Exception(() => NixHash.Parse($"sha256:{text}"));
            return error is null or NixFormatException { Code: NixErrorCodes.InvalidHash };
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_hash_of_another_algorithm_than_asked_for_is_refused()
    {
        var hash = NixHash.Compute(NixHashAlgorithm.Sha1, "x"u8);
        var error = Assert.Throws<NixFormatException>(() => NixHash.Parse(hash.ToString(), NixHashAlgorithm.Sha256));
        Assert.Contains("it is sha1, and sha256 was asked for", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_digest_of_the_wrong_size_is_refused() =>
        Assert.Equal(NixErrorCodes.InvalidHash, Assert.Throws<NixFormatException>(() => new NixHash(NixHashAlgorithm.Sha256, new byte[20])).Code);

    [Fact]
    public void Base_64_after_a_colon_is_canonical_or_refused()
    {
        var good = NixHash.Compute(NixHashAlgorithm.Sha256, "x"u8).ToString(HashFormat.Base64);
        Assert.True(NixHash.TryParse(good, out _));
        Assert.False(NixHash.TryParse(good.TrimEnd('='), out _));
        Assert.False(NixHash.TryParse(good[..20] + ' ' + good[21..], out _));
    }

    [Fact]
    public void A_stream_hashes_as_its_bytes_do()
    {
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        using var stream = new MemoryStream(bytes);
        Assert.Equal(NixHash.Compute(NixHashAlgorithm.Sha512, bytes), NixHash.Compute(NixHashAlgorithm.Sha512, stream));
    }

    private static void AssertFormats(NixHash hash, JToken expected)
    {
        Assert.Equal((string)expected["base16"]!, hash.ToDigestString(HashFormat.Base16));
        Assert.Equal((string)expected["nix32"]!, hash.ToDigestString(HashFormat.Nix32));
        Assert.Equal((string)expected["base64"]!, hash.ToDigestString(HashFormat.Base64));
        foreach (var format in (string[])["base16", "nix32", "base64"])
        {
            Assert.Equal(hash, NixHash.Parse($"{hash.Algorithm.GetName()}:{(string)expected[format]!}"));
        }
    }

    private static NixHashAlgorithm Algorithm(string name) =>
        NixHashAlgorithms.TryParse(name, out var algorithm) ? algorithm : throw new ArgumentException($"{name} is not known.", nameof(name));
}
