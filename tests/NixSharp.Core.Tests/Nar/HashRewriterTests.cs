using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NixSharp.Nar;
using Xunit;

namespace NixSharp.Core.Tests.Nar;

public sealed class HashRewriterTests
{
    private const string First = "dc04vv14dak1c1r48qa0m23vr9jy8sm0";
    private const string Second = "zc842j0rz61mjsp3h3wp5ly71ak6qgdn";
    private const string Third = "knn6wc1a89c47yb70qwv56rmxylia6wx";

    private static readonly Dictionary<string, string> Rewrites = new() { [First] = Second, [Third] = new string('\0', 32) };

    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    [Fact]
    public void Every_hash_part_is_replaced_and_its_offset_told_whatever_pieces_it_comes_in() => Prop.ForAll(Seeds, static seed =>
    {
        var random = new Random(seed);
        var text = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.Next(6) switch
        {
            0 => First,
            1 => Third,
            2 => First[..random.Next(32)],
            3 => Second,
            _ => new string('x', random.Next(0, 200_000 / 60)),
        }));
        using var output = new MemoryStream();
        using var rewriter = new HashRewriter(output, Rewrites);
        var bytes = Encoding.ASCII.GetBytes(text);
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(bytes.Length - at, random.Next(1, random.Next(2) == 0 ? 40 : 100_000));
            rewriter.Write(bytes.AsSpan(at, count));
            at += count;
        }

        rewriter.Complete();
        Assert.Equal(
            text.Replace(First, Second, StringComparison.Ordinal).Replace(Third, Rewrites[Third], StringComparison.Ordinal),
            Encoding.ASCII.GetString(output.ToArray()));
        Assert.Equal(OffsetsOf(text), rewriter.Offsets);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_changes_where_nothing_is_to_be_replaced()
    {
        using var output = new MemoryStream();
        using var rewriter = new HashRewriter(output, new Dictionary<string, string>());
        rewriter.Write(Encoding.ASCII.GetBytes(First));
        rewriter.Complete();
        Assert.Equal(First, Encoding.ASCII.GetString(output.ToArray()));
        Assert.Empty(rewriter.Offsets);
    }

    private static List<long> OffsetsOf(string text) =>
        [.. Enumerable.Range(0, text.Length).Where(at => string.CompareOrdinal(text, at, First, 0, 32) == 0 || string.CompareOrdinal(text, at, Third, 0, 32) == 0).Select(static at => (long)at)];
}
