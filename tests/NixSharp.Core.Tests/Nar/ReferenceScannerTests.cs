using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Nar;

public sealed class ReferenceScannerTests
{
    [RequiresFact(Requirements.Golden)]
    public void Golden_texts_are_scanned_in_their_pieces()
    {
        foreach (var vector in GoldenData.ReadJson("vectors/references.json")["scan"]!)
        {
            var candidates = vector["candidates"]!.Select(static hash => StorePath.ParseBaseName($"{(string)hash!}-x"));
            var pieces = vector["text"] is { } text
                ? ((string)text!).Select(static character => character.ToString())
                : vector["chunks"]!.Select(static piece => (string)piece!);
            var scanner = new ReferenceScanner(candidates);
            foreach (var piece in pieces)
            {
                scanner.Append(Encoding.ASCII.GetBytes(piece));
            }

            Assert.Equal(
                vector["found"]!.Select(static hash => (string)hash!).Order(StringComparer.Ordinal),
                scanner.Found.Select(static path => path.HashPart.ToString()));
        }
    }

    [Fact]
    public void Any_pieces_give_what_a_plain_search_gives()
    {
        var found = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var candidates = Candidates(random);
            var text = Text(random, candidates);
            var scanner = new ReferenceScanner(candidates);
            for (var rest = text.AsSpan(); !rest.IsEmpty;)
            {
                var length = Math.Min(rest.Length, random.Next(random.Next(3) == 0 ? 3 : 100));
                scanner.Append(rest[..length]);
                rest = rest[length..];
            }

            var expected = candidates.Where(path => text.AsSpan().IndexOf(Encoding.ASCII.GetBytes(path.HashPart.ToString())) >= 0).Order().ToList();
            Assert.Equal(expected, scanner.Found);
            found += expected.Count;
        }));
        Assert.InRange(found, 100, int.MaxValue);
    }

    [Fact]
    public void Paths_that_share_a_hash_part_are_all_found()
    {
        var hash = new string('a', StorePath.HashPartLength);
        StorePath[] paths = [StorePath.ParseBaseName($"{hash}-x"), StorePath.ParseBaseName($"{hash}-y")];
        var scanner = new ReferenceScanner(paths);
        scanner.Append(Encoding.ASCII.GetBytes(hash));
        Assert.Equal(paths, scanner.Found);
    }

    [Fact]
    public void A_run_of_the_alphabet_that_ends_in_a_hash_part_hides_nothing()
    {
        var path = StorePath.ParseBaseName($"{new string('b', 31)}c-x");
        var scanner = new ReferenceScanner([path]);
        scanner.Append(Encoding.ASCII.GetBytes($"{new string('b', 100)}c"));
        Assert.Equal([path], scanner.Found);
    }

    [Fact]
    public void Without_candidates_nothing_is_found()
    {
        var scanner = new ReferenceScanner([]);
        scanner.Append(Encoding.ASCII.GetBytes(new string('a', 100)));
        Assert.Empty(scanner.Found);
    }

    private static List<StorePath> Candidates(Random random)
    {
        var candidates = new List<StorePath>();
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            var digest = new byte[20];
            random.NextBytes(digest);
            candidates.Add(StorePath.ParseBaseName($"{Nix32.Encode(digest)}-x"));
        }

        return candidates;
    }

    /// <summary>Whole, cut and overlapping hash parts among letters that look like them and bytes that don't.</summary>
    private static byte[] Text(Random random, List<StorePath> candidates)
    {
        var text = new List<byte>();
        for (var count = random.Next(1, 12); count > 0; count--)
        {
            var hash = Encoding.ASCII.GetBytes(candidates[random.Next(candidates.Count)].HashPart.ToString());
            text.AddRange(random.Next(5) switch
            {
                0 => hash,
                1 => hash[..random.Next(hash.Length)],
                2 => hash[random.Next(hash.Length)..],
                3 => Enumerable.Range(0, random.Next(60)).Select(_ => (byte)Nix32.Alphabet[random.Next(32)]),
                _ => Enumerable.Range(0, random.Next(60)).Select(_ => (byte)random.Next(256)),
            });
        }

        return [.. text];
    }
}
