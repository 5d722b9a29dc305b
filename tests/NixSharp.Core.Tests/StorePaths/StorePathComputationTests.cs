using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.StorePaths;

public sealed class StorePathComputationTests
{
    private static JObject Golden => GoldenData.ReadJson("vectors/store-path-compute.json");

    [RequiresFact(Requirements.Golden)]
    public void Golden_texts_have_their_paths()
    {
        foreach (var vector in Golden["text"]!)
        {
            var address = ContentAddress.Text(NixHash.Compute(NixHashAlgorithm.Sha256, Encoding.UTF8.GetBytes((string)vector["contents"]!)));
            var path = StorePath.FromContentAddress((string)vector["name"]!, address, References(vector));
            Assert.Equal((string)vector["storePath"]!, path.ToString());
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_fixed_outputs_have_their_paths()
    {
        foreach (var vector in Golden["fixedOutput"]!)
        {
            var method = (string)vector["method"]! == "flat" ? FileIngestionMethod.Flat : FileIngestionMethod.Recursive;
            var hash = NixHash.Parse($"{(string)vector["algo"]!}:{(string)vector["hashBase16"]!}");
            var path = StorePath.FromContentAddress((string)vector["name"]!, ContentAddress.Fixed(method, hash));
            Assert.Equal((string)vector["storePath"]!, path.ToString());
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_sources_with_references_have_their_paths()
    {
        foreach (var vector in Golden["sourceWithReferences"]!)
        {
            var address = ContentAddress.Fixed(FileIngestionMethod.Recursive, NixHash.Parse($"sha256:{(string)vector["narHashBase16"]!}"));
            var path = StorePath.FromContentAddress((string)vector["name"]!, address, References(vector), (bool)vector["self"]!);
            Assert.Equal((string)vector["storePath"]!, path.ToString());
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_sources_that_refer_to_themselves_have_their_paths()
    {
        foreach (var vector in Golden["selfReference"]!)
        {
            var address = ContentAddress.Fixed(FileIngestionMethod.Recursive, NixHash.Parse($"sha256:{(string)vector["sha256ZeroedPlusPositionsNix32"]!}"));
            var path = StorePath.FromContentAddress((string)vector["name"]!, address, refersToItself: true);
            Assert.Equal((string)vector["storePath"]!, path.ToString());
        }
    }

    [Fact]
    public void The_order_and_number_of_references_do_not_matter()
    {
        var address = ContentAddress.Text(NixHash.Compute(NixHashAlgorithm.Sha256, "x"u8));
        var first = StorePath.FromContentAddress("first", address);
        var second = StorePath.FromContentAddress("second", address);
        Assert.Equal(
            StorePath.FromContentAddress("third", address, [first, second]),
            StorePath.FromContentAddress("third", address, [second, first, second]));
    }

    [Fact]
    public void The_store_directory_is_part_of_the_hash()
    {
        var address = ContentAddress.Text(NixHash.Compute(NixHashAlgorithm.Sha256, "x"u8));
        var here = StorePath.FromContentAddress("x", address);
        var there = StorePath.FromContentAddress("x", address, directory: new StoreDirectory("/opt/store"));
        Assert.NotEqual(here.HashPart.ToString(), there.HashPart.ToString());
    }

    [Fact]
    public void An_output_other_than_out_adds_its_name()
    {
        var hash = NixHash.Compute(NixHashAlgorithm.Sha256, "x"u8);
        Assert.Equal("hello", StorePath.FromDerivationOutput("hello", "out", hash).Name);
        Assert.Equal("hello-dev", StorePath.FromDerivationOutput("hello", "dev", hash).Name);
    }

    [Theory]
    [InlineData(FileIngestionMethod.Flat, NixHashAlgorithm.Sha256)]
    [InlineData(FileIngestionMethod.Recursive, NixHashAlgorithm.Sha512)]
    public void An_address_without_room_for_references_is_refused_them(FileIngestionMethod method, NixHashAlgorithm algorithm)
    {
        var address = ContentAddress.Fixed(method, NixHash.Compute(algorithm, "x"u8));
        var other = StorePath.FromContentAddress("other", address);
        var error = Assert.Throws<NixFormatException>(() => StorePath.FromContentAddress("x", address, [other]));
        Assert.Equal(NixErrorCodes.InvalidContentAddress, error.Code);
    }

    private static IEnumerable<StorePath> References(JToken vector) => vector["references"]!.Select(static path => StorePath.Parse((string)path!));
}
