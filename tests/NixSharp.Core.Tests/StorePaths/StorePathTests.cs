using FsCheck;
using FsCheck.Fluent;
using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.StorePaths;

public sealed class StorePathTests
{
    private const string HashPart = "g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q";
    private const string NameCharacters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-._?=";

    private static JObject Golden => GoldenData.ReadJson("vectors/store-path-names.json");

    [RequiresFact(Requirements.Golden)]
    public void Golden_good_names_are_accepted()
    {
        foreach (var name in Strings("goodNames"))
        {
            StorePath.CheckName(name);
            var path = StorePath.ParseBaseName($"{HashPart}-{name}");
            Assert.Equal(name, path.Name);
            Assert.Equal(HashPart, path.HashPart.ToString());
            Assert.Equal(path, StorePath.Parse($"/nix/store/{HashPart}-{name}"));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_bad_names_are_refused()
    {
        foreach (var name in Strings("badNames"))
        {
            Assert.Equal(NixErrorCodes.InvalidStorePathName, Assert.Throws<NixFormatException>(() => StorePath.CheckName(name)).Code);
            Assert.Equal(NixErrorCodes.InvalidStorePath, Assert.Throws<NixFormatException>(() => StorePath.ParseBaseName($"{HashPart}-{name}")).Code);
            Assert.False(StorePath.TryParseBaseName($"{HashPart}-{name}", null, out _));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_canonical_paths_are_read_and_written()
    {
        foreach (var text in Strings("absoluteCanonical"))
        {
            Assert.Equal(text, StorePath.Parse(text).ToString());
            Assert.True(StorePath.TryParse(text, null, out var path));
            Assert.Equal(StorePath.Parse(text), path);
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_paths_that_are_sloppy_or_no_store_paths_are_refused()
    {
        foreach (var text in Strings("absoluteRejected").Concat(Strings("absoluteAcceptedByLenientParserOnly")))
        {
            Assert.Equal(NixErrorCodes.InvalidStorePath, Assert.Throws<NixFormatException>(() => StorePath.Parse(text)).Code);
            Assert.False(StorePath.TryParse(text, null, out _));
        }

        foreach (var text in Strings("baseNameRejected"))
        {
            Assert.Equal(NixErrorCodes.InvalidStorePath, Assert.Throws<NixFormatException>(() => StorePath.ParseBaseName(text)).Code);
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_hash_parts_hold_their_digest()
    {
        foreach (var vector in Golden["digest"]!)
        {
            var path = StorePath.Parse((string)vector["path"]!);
            Assert.Equal((string)vector["digestHex"]!, Convert.ToHexStringLower(Nix32.Decode(path.HashPart)));
            Assert.Equal((string)vector["name"]!, path.Name);
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_base_names_of_derivations_are_read()
    {
        var text = (string)JToken.Parse(File.ReadAllText(GoldenData.PathOf("nixos-nix/src/libstore-tests/data/store-path/simple.json")))!;
        var path = StorePath.ParseBaseName(text);
        Assert.Equal(text, path.BaseName);
        Assert.True(path.IsDerivation);
    }

    [Fact]
    public void What_was_printed_is_parsed_to_the_same_path()
    {
        var parts = from digest in Gen.Choose(0, 255).ArrayOf(20)
                    from name in Gen.Elements([.. NameCharacters]).NonEmptyListOf()
                    select (Digest: digest, Name: string.Concat(name.Take(StorePath.MaxNameLength)));
        Prop.ForAll(
            parts.ToArbitrary(),
            static part =>
            {
                var baseName = $"{Nix32.Encode([.. part.Digest.Select(static value => (byte)value)])}-{part.Name}";
                if (!StorePath.TryParseBaseName(baseName, null, out var path))
                {
                    Assert.Matches("^\\.\\.?(-|$)", part.Name);
                    return;
                }

                Assert.Equal(baseName, path.BaseName);
                Assert.Equal(path, StorePath.Parse(path.ToString()));
                var elsewhere = StorePath.ParseBaseName(baseName, new StoreDirectory("/opt/store"));
                Assert.NotEqual(path, elsewhere);
                Assert.Equal($"/opt/store/{baseName}", elsewhere.ToString());
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_text_is_a_store_path_or_refused_with_a_code() =>
        Prop.ForAll<string>(static text =>
        {
            var error = Record.Exception(() => StorePath.Parse("/nix/store/" + text));
            return error is null or NixFormatException { Code: NixErrorCodes.InvalidStorePath };
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Paths_sort_as_their_digests_do_from_the_last_byte()
    {
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            static seed =>
            {
                var random = new Random(seed);
                var digests = Enumerable.Range(0, 10).Select(_ => RandomBytes(random)).ToList();
                var expected = digests.Select(static digest => digest.Reverse().ToArray())
                    .Order(Comparer<byte[]>.Create(static (x, y) => x.AsSpan().SequenceCompareTo(y)))
                    .Select(static digest => Nix32.Encode([.. digest.Reverse()]));
                var paths = digests.Select(static digest => StorePath.ParseBaseName($"{Nix32.Encode(digest)}-x")).Order().ToList();
                Assert.Equal(expected, paths.Select(static path => path.HashPart.ToString()));
                Assert.True(paths[0] < paths[1] && paths[1] > paths[0] && paths[0] <= paths[0] && paths[0] >= paths[0]);
            }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("nix/store")]
    [InlineData("/nix/store/")]
    [InlineData("/nix//store")]
    [InlineData("/nix/./store")]
    [InlineData("/nix/../store")]
    [InlineData("/nix/st\0re")]
    public void A_store_directory_that_is_not_in_its_simplest_form_is_refused(string path) =>
        Assert.Equal(NixErrorCodes.InvalidStoreDirectory, Assert.Throws<NixFormatException>(() => new StoreDirectory(path)).Code);

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[20];
        random.NextBytes(bytes);
        return bytes;
    }

    private static IEnumerable<string> Strings(string property) => Golden[property]!.Select(static item => (string)item!);
}
