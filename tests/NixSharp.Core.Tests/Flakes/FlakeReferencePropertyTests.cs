using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NixSharp.Flakes.References;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Flakes;

public sealed class FlakeReferencePropertyTests
{
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    private static readonly string[] Seed =
    [
        "github:NixOS/nixpkgs/nixos-26.05?dir=lib", "git+https://user@example.org:8080/a%20b.git?ref=main&shallow=1", "path:/a/b?lastModified=5",
        "https://example.org/x.tar.gz?narHash=sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D", "flake:nixpkgs/a/0123456789abcdef0123456789abcdef01234567", "sourcehut:~a/b", "/a/b?dir=c",
    ];

    [Fact]
    public void What_is_printed_is_read_as_the_same() => Prop.ForAll(Seeds, static seed =>
    {
        var reference = Make(new Random(seed));
        Assert.Equal(reference, FlakeReference.Parse(reference.ToString()));
        Assert.Equal(reference, FlakeReference.FromJson(reference.ToJson()));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Anything_else_is_read_or_refused_in_an_orderly_way() =>
        Fuzz.Run<FlakeException>([.. Seed.Select(Encoding.UTF8.GetBytes)], static bytes =>
        {
            var reference = FlakeReference.Parse(Encoding.UTF8.GetString(bytes));
            Assert.Equal(reference.ToString(), FlakeReference.Parse(reference.ToString()).ToString());
        });

    private static FlakeReference Make(Random random)
    {
        var type = random.GetItems(Enum.GetValues<FlakeReferenceType>(), 1)[0];
        List<(string, FlakeValue)> attributes = type switch
        {
            FlakeReferenceType.Indirect => [("id", "n" + random.Next(9))],
            FlakeReferenceType.Path => [("path", "/" + Word(random, " ?#%é&=+"))],
            FlakeReferenceType.Git or FlakeReferenceType.Mercurial => [("url", $"{random.GetItems((string[])["https://u@h.example:1", "ssh://git@h", "file://"], 1)[0]}/{Word(random, "")}?x={Word(random, "")}")],
            FlakeReferenceType.Tarball or FlakeReferenceType.File => [("url", $"https://h/{Word(random, "")}?x={Word(random, "")}")],
            _ => [("owner", Word(random, "~.").Trim('.') + "o"), ("repo", Word(random, "~.") + "r")],
        };
        var isForge = type is FlakeReferenceType.GitHub or FlakeReferenceType.GitLab or FlakeReferenceType.SourceHut;
        if (random.Next(2) == 0)
        {
            attributes.Add(("dir", Word(random, "/ ?&=é#%+")));
        }

        if (type is FlakeReferenceType.Git or FlakeReferenceType.Indirect or FlakeReferenceType.Mercurial || isForge)
        {
            var which = random.Next(isForge ? 3 : 4);
            if ((which & 1) != 0)
            {
                // After a name of the registry, a slash begins the commit.
                var words = Enumerable.Range(0, type == FlakeReferenceType.Indirect ? 1 : random.Next(1, 4)).Select(_ => Word(random, "+"));
                attributes.Add(("ref", "b" + string.Join('/', words)));
            }

            if ((which & 2) != 0)
            {
                attributes.Add(("rev", Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData(BitConverter.GetBytes(random.Next())))));
            }
        }

        if (type is FlakeReferenceType.Path or FlakeReferenceType.Tarball || isForge)
        {
            attributes.Add(("narHash", "sha256-" + Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(random.Next())))));
        }

        if (type == FlakeReferenceType.Git)
        {
            attributes.Add(("shallow", true));
        }

        if (isForge && random.Next(2) == 0)
        {
            attributes.Add(("host", "h.example:80"));
        }

        return new FlakeReference(type, attributes);
    }

    private static string Word(Random random, string extra) => new(random.GetItems(("abcZ09_-" + extra).ToCharArray(), random.Next(1, 12)));
}
