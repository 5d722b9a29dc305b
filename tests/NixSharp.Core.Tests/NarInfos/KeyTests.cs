using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.NarInfos;

public sealed class KeyTests
{
    private static readonly StorePath Hello = StorePath.ParseBaseName("g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-hello");

    private static PathInfo Info => new()
    {
        Path = Hello,
        NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, "x"u8),
        NarSize = 100,
    };

    private static JObject Vectors => GoldenData.ReadJson("vectors/signatures.json");

    [RequiresFact(Requirements.Golden)]
    public void The_vector_of_RFC_8032_is_signed_and_verified()
    {
        var vector = Vectors["rfc8032"]!;
        var (seed, publicKey) = (Bytes("seedHex"), Bytes("publicHex"));
        var key = SecretKey.Parse($"rfc:{Convert.ToBase64String([.. seed, .. publicKey])}");
        var signature = key.Sign(Bytes("messageHex"));
        Assert.Equal(Bytes("signatureHex"), signature.Bytes.ToArray());
        Assert.True(key.ToPublicKey().Verify(Bytes("messageHex"), signature));
        Assert.False(key.ToPublicKey().Verify("another"u8, signature));

        byte[] Bytes(string name) => Convert.FromHexString((string)vector[name]!);
    }

    [RequiresFact(Requirements.Golden)]
    public void Keys_of_Nix_are_read_and_written()
    {
        foreach (var key in Vectors["keys"]!)
        {
            if ((string?)key["secret"] is { } secret)
            {
                var read = SecretKey.Parse(secret + "\n");
                Assert.Equal(secret, read.Export());
                Assert.Equal((string?)key["public"] ?? read.ToPublicKey().ToString(), read.ToPublicKey().ToString());
                Assert.DoesNotContain(secret[^20..], read.ToString(), StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal((string?)key["public"], PublicKey.Parse((string)key["public"]!).ToString());
            }
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Signatures_hold_or_not_as_Nix_says()
    {
        foreach (var item in Vectors["verify"]!)
        {
            var key = PublicKey.Parse((string)item["key"]!);
            var signature = Signature.Parse((string)item["sig"]!);
            Assert.Equal((bool)item["valid"]!, key.Verify((string)item["fingerprint"]!, signature));
            Assert.Equal((string?)item["sig"], signature.ToString());
        }

        foreach (var text in Vectors["parseFail"]!.Select(static item => (string)item!))
        {
            Assert.Equal(NixErrorCodes.InvalidSignature, Assert.Throws<NixFormatException>(() => Signature.Parse(text)).Code);
            Assert.Equal(NixErrorCodes.InvalidKey, Assert.Throws<NixFormatException>(() => PublicKey.Parse(text)).Code);
            Assert.Equal(NixErrorCodes.InvalidKey, Assert.Throws<NixFormatException>(() => SecretKey.Parse(text)).Code);
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Entries_of_the_build_trace_are_signed_as_Nix_signs_them()
    {
        const string Folder = "nixos-nix/src/libstore-tests/data/realisation";
        var key = SecretKey.Parse(Vectors["keys"]!.Select(static key => (string?)key["secret"]).Single(static text => text?.StartsWith("test-key:", StringComparison.Ordinal) is true)!);
        foreach (var name in (string[])["simple", "with-signature"])
        {
            var entry = BuildTraceEntryJson.Read(Json($"{name}.json"));
            Assert.Equal(File.ReadAllText(GoldenData.PathOf($"{Folder}/{name}-fingerprint.txt")), Fingerprint.Of(entry));
            var signature = key.Sign(entry).ToString();
            Assert.Equal(SignatureJson.Read(Json($"{name}-sig.json")), signature);
            var trusted = new TrustedKeys([key.ToPublicKey()]);
            Assert.Empty(trusted.Verify(entry));
            Assert.Single(trusted.Verify(entry with { Signatures = [.. entry.Signatures, signature] }));
        }

        static JToken Json(string file) => JsonText.Parse(File.ReadAllText(GoldenData.PathOf($"{Folder}/{file}")));
    }

    [Fact]
    public void A_key_whose_halves_differ_is_refused_and_not_repeated()
    {
        var one = Convert.FromBase64String(SecretKey.Generate("a").Export()[2..]);
        var two = Convert.FromBase64String(SecretKey.Generate("a").Export()[2..]);
        var mixed = Convert.ToBase64String([.. one[..32], .. two[32..]]);
        var error = Assert.Throws<NixFormatException>(() => SecretKey.Parse($"a:{mixed}"));
        Assert.DoesNotContain(mixed[..20], error.ToString(), StringComparison.Ordinal);
        error = Assert.Throws<NixFormatException>(() => SecretKey.Parse($"a:{mixed[..^4]}"));
        Assert.DoesNotContain(mixed[..20], error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("a\n")]
    public void A_name_that_would_end_the_line_or_the_name_is_refused(string name) =>
        Assert.Equal(NixErrorCodes.InvalidKey, Assert.Throws<NixFormatException>(() => SecretKey.Generate(name)).Code);

    [Fact]
    public void Only_keys_that_are_trusted_count_and_each_once()
    {
        var (mine, other) = (SecretKey.Generate("mine-1"), SecretKey.Generate("other-1"));
        var trusted = TrustedKeys.Parse($" {mine.ToPublicKey()}\n");
        var signed = Info with { Signatures = ["nocolon", "mine-1:!!!", other.Sign(Info).ToString(), mine.Sign(Info).ToString(), mine.Sign(Info).ToString()] };
        Assert.Equal(mine.Sign(Info), Assert.Single(trusted.Verify(signed)));
        Assert.True(trusted.Trusts(signed));
        Assert.False(trusted.Trusts(signed with { References = [Hello] }));
        Assert.False(TrustedKeys.None.Trusts(signed));

        // A key of the same name is another key.
        Assert.False(TrustedKeys.Parse(SecretKey.Generate("mine-1").ToPublicKey().ToString()).Trusts(signed));
    }

    [Fact]
    public void A_path_that_follows_from_its_content_address_needs_no_signature()
    {
        var hash = NixHash.Compute(NixHashAlgorithm.Sha256, "nar"u8);
        var address = ContentAddress.Fixed(FileIngestionMethod.Recursive, hash);
        var info = Info with { Path = StorePath.FromContentAddress("a", address, [Hello]), References = [Hello], NarHash = hash, ContentAddress = address };
        Assert.True(TrustedKeys.None.Trusts(info));
        Assert.False(TrustedKeys.None.Trusts(info with { References = [] }));
        Assert.False(TrustedKeys.None.Trusts(info with { NarHash = Info.NarHash }));
        Assert.False(TrustedKeys.None.Trusts(info with { Path = Hello }));

        var self = Info with { Path = StorePath.FromContentAddress("a", address, [Hello], refersToItself: true), ContentAddress = address };
        Assert.True(TrustedKeys.None.Trusts(self with { References = [Hello, self.Path] }));
        Assert.False(TrustedKeys.None.Trusts(self with { References = [Hello] }));

        var flat = ContentAddress.Fixed(FileIngestionMethod.Flat, hash);
        Assert.True(TrustedKeys.None.Trusts(Info with { Path = StorePath.FromContentAddress("f", flat), ContentAddress = flat }));
        Assert.False(TrustedKeys.None.Trusts(Info with { Path = StorePath.FromContentAddress("f", flat), ContentAddress = flat, References = [Hello] }));
    }

    [Fact]
    public void What_has_no_fingerprint_is_not_signed() => Assert.Equal(
        NixErrorCodes.NotSignable,
        Assert.Throws<NixFormatException>(() => SecretKey.Generate("a").Sign(Info with { NarSize = 0 })).Code);

    [Fact]
    public async Task A_file_that_is_too_large_or_missing_is_no_key()
    {
        using var folder = new TemporaryFolder();
        var key = SecretKey.Generate("a");
        Assert.Equal(key.Export(), (await SecretKey.ReadAsync(folder.Write("key", key.Export() + "\n"))).Export());
        await Assert.ThrowsAsync<NixFormatException>(() => SecretKey.ReadAsync(folder.Write("large", new string('a', 100_000))));
        await Assert.ThrowsAsync<NixFileException>(() => SecretKey.ReadAsync(folder["none"]));
    }

    [Fact]
    public void Many_threads_sign_and_verify_at_once()
    {
        var key = SecretKey.Generate("a");
        Parallel.For(0, 200, i =>
        {
            var signature = key.Sign($"message {i}");
            Assert.True(key.ToPublicKey().Verify($"message {i}", signature));
            Assert.False(key.ToPublicKey().Verify($"message {i + 1}", signature));
        });
    }

    [Fact]
    public void Nearly_right_keys_and_signatures_are_read_or_refused()
    {
        var key = SecretKey.Generate("key-1");
        byte[][] seeds = [Encoding.UTF8.GetBytes(key.Export()), Encoding.UTF8.GetBytes(key.ToPublicKey().ToString()), Encoding.UTF8.GetBytes(key.Sign("x").ToString())];
        Fuzz.Run<NixFormatException>(seeds, static bytes => SecretKey.Parse(Encoding.UTF8.GetString(bytes)));
        Fuzz.Run<NixFormatException>(seeds, static bytes => Assert.NotEmpty(PublicKey.Parse(Encoding.UTF8.GetString(bytes)).ToString()));
        Fuzz.Run<NixFormatException>(seeds, bytes => Assert.Equal(
            Encoding.UTF8.GetString(bytes),
            Signature.Parse(Encoding.UTF8.GetString(bytes)).ToString()));
    }
}
