using FsCheck;
using FsCheck.Fluent;
using NixSharp.Stores;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class StoreReferencePropertyTests
{
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    private static readonly string[] Pieces =
    [
        "auto", "local", "daemon", "unix", "file", "http", "https", "s3", "ssh", "ssh-ng", "dummy", "://", ":", "/", "//", "?", "&", "=", "%", "%20", "%2", "%C3%A9",
        "%00", "@", "[", "]", "::1", "fe80::1", "%25eth0", "%eth0", "8080", "root", "trusted=true", ".", "..", "a b", "#", "é", "\0", "-o", "user", "host.example", "\\", "C:", "+",
    ];

    [Fact]
    public void What_is_printed_is_read_as_the_same() => Prop.ForAll(Seeds, static seed =>
    {
        var reference = Make(new Random(seed));
        Assert.Equal(reference, StoreReference.Parse(reference.ToString()));
        var shorthand = StoreReference.Parse(reference.ToShorthand());
        Assert.Equal((reference.Kind, reference.Root), (shorthand.Kind, shorthand.Root));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Anything_else_is_read_or_refused_in_an_orderly_way()
    {
        var read = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Seeds, seed =>
        {
            var random = new Random(seed);
            var text = string.Concat(random.GetItems(Pieces, random.Next(1, 9)));
            try
            {
                var reference = StoreReference.Parse(text);
                Assert.Equal(reference, StoreReference.Parse(reference.ToString()));
                read++;
            }
            catch (NixStoreException error)
            {
                Assert.Equal(NixErrorCodes.InvalidStoreUri, error.Code);
            }
        }));
        Assert.InRange(read, 300, 2900);
    }

    [Fact]
    public void A_long_URI_costs_no_more_than_its_length()
    {
        foreach (var text in (string[])["local?root=" + new string('a', 1_000_000), "local?root=" + string.Concat(Enumerable.Repeat("%41", 300_000)), "ssh://" + new string(':', 1_000_000)])
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            _ = StoreReference.TryParse(text, out _);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40L * text.Length);
        }
    }

    private static StoreReference Make(Random random)
    {
        var kind = random.GetItems(Enum.GetValues<StoreKind>(), 1)[0];
        var reference = new StoreReference(kind);
        reference = kind switch
        {
            StoreKind.Auto or StoreKind.Dummy => reference,
            StoreKind.Local or StoreKind.Daemon or StoreKind.File => reference with { Path = kind != StoreKind.File && random.Next(2) == 0 ? "" : "/" + Word(random) },
            _ => reference with
            {
                Scheme = kind == StoreKind.Http && random.Next(2) == 0 ? "http" : reference.Scheme,
                Path = kind is StoreKind.Http or StoreKind.S3 && random.Next(2) == 0 ? "/" + Word(random) : "",
                Authority = new StoreAuthority(random.GetItems((string[])["host", "host.example.org", "::1", "fe80::1%eth0", "10.0.0.1", "my_host"], 1)[0])
                {
                    User = random.Next(2) == 0 ? null : Word(random).Replace(" ", "", StringComparison.Ordinal) + "u",
                    Port = random.Next(2) == 0 ? null : random.Next(1, 65536),
                },
            },
        };
        if (reference.Authority is { User: not null } authority && random.Next(2) == 0)
        {
            reference = reference with { Authority = authority with { Password = Word(random) } };
        }

        var parameters = new Dictionary<string, string>();
        for (var count = random.Next(4); count > 0; count--)
        {
            parameters[Word(random)] = Word(random);
        }

        if (random.Next(3) == 0)
        {
            parameters["root"] = "/" + Word(random);
        }

        return reference with { Parameters = parameters };
    }

    private static string Word(Random random) =>
        new(random.GetItems("abcZ09 ?&=%#+:@[]é漢_~'\"<>\\".ToCharArray(), random.Next(1, 12)));
}
