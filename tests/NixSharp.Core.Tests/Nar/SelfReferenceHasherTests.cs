using FsCheck;
using FsCheck.Fluent;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Nar;

public sealed class SelfReferenceHasherTests
{
    private static readonly StorePath Self = StorePath.ParseBaseName("g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-self");

    [RequiresFact(Requirements.Golden)]
    public void What_refers_to_itself_has_the_hashes_of_both_kinds_of_Nix()
    {
        foreach (var vector in GoldenData.ReadJson("vectors/store-path-compute.json")["selfReference"]!)
        {
            var path = StorePath.Parse((string)vector["storePath"]!);
            using var hasher = new SelfReferenceHasher(NixHashAlgorithm.Sha256, path);
            hasher.Write(File.ReadAllBytes(GoldenData.PathOf((string)vector["narFile"]!)));
            var (with, without) = hasher.Complete();
            Assert.Equal((string?)vector["sha256ZeroedPlusPositionsNix32"], with.ToDigestString(HashFormat.Nix32));
            Assert.Equal((string?)vector["sha256ZeroedOnlyNix32"], without.ToDigestString(HashFormat.Nix32));
            Assert.Equal(path, StorePath.FromContentAddress(path.Name, ContentAddress.Fixed(FileIngestionMethod.Recursive, with), refersToItself: true));
        }
    }

    [Fact]
    public void Places_are_found_whatever_pieces_the_bytes_come_in() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(40),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
        {
            var random = new Random(seed);
            var data = new byte[random.Next(600_000)];
            var expected = "";
            for (var at = random.Next(100_000); at + 32 <= data.Length; at += 32 + random.Next(200_000))
            {
                System.Text.Encoding.ASCII.GetBytes(Self.HashPart, data.AsSpan(at));
                expected += $"|{at}";
            }

            var zeroed = new byte[data.Length];
            using var hasher = new SelfReferenceHasher(NixHashAlgorithm.Sha256, Self);
            for (var at = 0; at < data.Length;)
            {
                var count = Math.Min(data.Length - at, random.Next(1, 300_000));
                hasher.Write(data.AsSpan(at, count));
                at += count;
            }

            var (with, without) = hasher.Complete();
            Assert.Equal(NixHash.Compute(NixHashAlgorithm.Sha256, zeroed), without);
            Assert.Equal(NixHash.Compute(NixHashAlgorithm.Sha256, [.. zeroed, .. System.Text.Encoding.ASCII.GetBytes(expected)]), with);
        }));
}
