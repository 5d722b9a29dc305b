using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NixSharp.Hashing;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.NarInfos;

public sealed class NarInfoTests
{
    private const string Basic =
        "StorePath: /nix/store/00bgd045z0d4icpbc2yyz4gx48ak44la-net-tools\n" +
        "URL: nar/1094wph9z4nwlgvsd53abfz8i117ykiv5dwnq9nnhz846s7xqd7d.nar.xz\n" +
        "Compression: xz\n" +
        "FileHash: sha256:1094wph9z4nwlgvsd53abfz8i117ykiv5dwnq9nnhz846s7xqd7d\n" +
        "FileSize: 114980\n" +
        "NarHash: sha256:0lxjvvpr59c2mdram7ympy5ay741f180kv3349hvfc3f8nrmbqf6\n" +
        "NarSize: 464152\n" +
        "References: 6w8g7njm4mck5dmjxws0z1xnrxvl81xa-glibc 7gx4kiv5m0i7d7qkixq2cwzbr10lvxwc-glibc-2.27\n" +
        "Deriver: 10dx1q4ivjb115y3h90mipaaz533nr0d-net-tools.drv\n" +
        "Sig: a:sn5s/RrqEI+YG6/PjwdbPjcAC7rcta7sJU4mFOawGvJBLsWkyLtBrT2EuFt/LJjWkTZ+ZWOI9NTtjo/woMdvAg==\n" +
        "CA: fixed:r:sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s\n";

    [Fact]
    public void A_narinfo_is_written_as_it_was_read() => Assert.Equal(Basic, NarInfo.Parse(Basic).Write());

    [Fact]
    public void Without_a_compression_it_is_bzip2()
    {
        var info = NarInfo.Parse(Basic.Replace("Compression: xz\n", "", StringComparison.Ordinal));
        Assert.Equal("bzip2", info.Compression);
        Assert.Contains("\nCompression: bzip2\n", info.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_fields_are_passed_over() =>
        Assert.Equal(Basic, NarInfo.Parse(Basic + "Colour: green\n").Write());

    [Theory]
    [InlineData("NarSize: 464152\n", "NarSize: 9223372036854775808\n")]
    [InlineData("NarSize: 464152\n", "NarSize: +1\n")]
    [InlineData("NarSize: 464152\n", "NarSize:  464152\n")]
    [InlineData("NarSize: 464152\n", "NarSize:464152\n")]
    [InlineData("NarSize: 464152\n", "NarSize: 464152\nNarSize: 464152\n")]
    [InlineData("FileSize: 114980\n", "FileSize: -1\n")]
    [InlineData("URL: ", "URL: nar/x\nURL: ")]
    [InlineData("CA: fixed", "CA: fixes")]
    [InlineData("/nix/store/", "/gnu/store/")]
    [InlineData("\nReferences: ", "\r\nReferences: ")]
    public void What_is_wrong_is_refused_with_its_place(string right, string wrong)
    {
        var error = Assert.Throws<NixFormatException>(() => NarInfo.Parse(Basic.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Equal(NixErrorCodes.InvalidNarInfo, error.Code);
        Assert.NotNull(error.Offset);
    }

    [Fact]
    public void A_value_with_a_line_break_is_not_written()
    {
        var info = NarInfo.Parse(Basic);
        Assert.Throws<NixFormatException>((info with { Url = "nar/x\nSig: a:b" }).Write);
        Assert.Throws<NixFormatException>((info with { PathInfo = info.PathInfo with { Signatures = ["a:b\nCA: text"] } }).Write);
    }

    [Fact]
    public void Another_store_directory_is_read_where_it_is_asked_for()
    {
        var info = NarInfo.Parse(Basic.Replace("/nix/store/", "/gnu/store/", StringComparison.Ordinal), new StoreDirectory("/gnu/store"));
        Assert.Equal("/gnu/store/6w8g7njm4mck5dmjxws0z1xnrxvl81xa-glibc", info.PathInfo.References[0].ToString());
    }

    [Fact]
    public void What_is_too_large_is_refused_before_it_is_read() =>
        Assert.Throws<NixFormatException>(() => NarInfo.Parse(new string('\n', NarInfo.MaxSize + 1)));

    [Fact]
    public void Any_narinfo_is_written_and_read_as_the_same() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
    {
        var info = Make(new Random(seed));
        var text = info.Write();
        var again = NarInfo.Parse(text);
        Assert.Equal(text, again.Write());
        Assert.Equal(info.PathInfo.References, again.PathInfo.References);
        Assert.Equal(info.PathInfo.Signatures, again.PathInfo.Signatures);
        Assert.Equal(
            info with { PathInfo = again.PathInfo },
            again);
        Assert.Equal(
            info.PathInfo with { References = again.PathInfo.References, Signatures = again.PathInfo.Signatures },
            again.PathInfo);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nearly_right_narinfos_are_read_or_refused() => Fuzz.Run<NixFormatException>(
        [Encoding.UTF8.GetBytes(Basic), Encoding.UTF8.GetBytes(Basic[..300]), "References: \nSig: \n"u8.ToArray()],
        static bytes =>
        {
            var text = NarInfo.Parse(bytes).Write();
            Assert.Equal(text, NarInfo.Parse(text).Write());
        });

    [Fact]
    public void Nearly_right_cache_infos_are_read_or_refused() => Fuzz.Run<NixFormatException>(
        ["StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 40\n"u8.ToArray()],
        static bytes =>
        {
            var info = CacheInfo.Parse(Encoding.UTF8.GetString(bytes));
            Assert.Equal(info, CacheInfo.Parse(info.Write()));
        });

    [Fact]
    public void A_cache_says_what_Nix_says()
    {
        const string Text = "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 40\n";
        var info = CacheInfo.Parse(Text);
        Assert.Equal((true, 40), (info.WantMassQuery, info.Priority));
        Assert.Equal(Text, info.Write());
        Assert.Equal(new CacheInfo(), CacheInfo.Parse("<html>\nColour: green\n"));
        Assert.Equal(22, Assert.Throws<NixFormatException>(() => CacheInfo.Parse("StoreDir: /gnu/store\n\nPriority: high\n")).Offset);
    }

    private static NarInfo Make(Random random)
    {
        var path = Path(random);
        return new NarInfo
        {
            PathInfo = new PathInfo
            {
                Path = path,
                NarHash = Hash(random),
                NarSize = random.NextInt64(1, long.MaxValue),
                References = [.. Enumerable.Range(0, random.Next(5)).Select(_ => Path(random)).Order()],
                Deriver = random.Next(2) == 0 ? null : Path(random),
                RegistrationTime = DateTimeOffset.UnixEpoch,
                Signatures = [.. Enumerable.Range(0, random.Next(3)).Select(i => $"key-{i}:{Convert.ToBase64String(Hash(random).Digest)}")],
                ContentAddress = random.Next(2) == 0 ? null : ContentAddress.Fixed(random.GetItems(Enum.GetValues<FileIngestionMethod>(), 1)[0], Hash(random)),
            },
            Url = $"nar/{random.Next()}.nar",
            Compression = random.GetItems((string[])["none", "xz", "zstd", "br", "lrzip"], 1)[0],
            FileHash = random.Next(2) == 0 ? null : Hash(random),
            FileSize = random.Next(2) == 0 ? null : random.NextInt64(long.MaxValue),
            System = random.Next(2) == 0 ? null : "x86_64-linux",
        };
    }

    private static StorePath Path(Random random) =>
        StorePath.FromContentAddress($"name-{random.Next(100)}", ContentAddress.Fixed(FileIngestionMethod.Recursive, Hash(random)));

    private static NixHash Hash(Random random)
    {
        var digest = new byte[32];
        random.NextBytes(digest);
        return new NixHash(NixHashAlgorithm.Sha256, digest);
    }
}
