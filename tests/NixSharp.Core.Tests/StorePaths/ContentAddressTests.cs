using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.StorePaths;

public sealed class ContentAddressTests
{
    private const string Digest = "1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s";

    [RequiresFact(Requirements.Golden)]
    public void Golden_addresses_in_JSON_are_the_same_in_Nix_s_database()
    {
        foreach (var (file, prefix) in new Dictionary<string, string> { ["text"] = "text:", ["nar"] = "fixed:r:" })
        {
            var vector = JObject.Parse(File.ReadAllText(GoldenData.PathOf($"nixos-nix/src/libstore-tests/data/content-address/{file}.json")));
            var hash = NixHash.Parse((string)vector["hash"]!);
            var address = ContentAddress.Parse($"{prefix}{hash.ToString(HashFormat.Base16)}");
            Assert.Equal(file, (string)vector["method"]!);
            Assert.Equal(file == "text" ? ContentAddress.Text(hash) : ContentAddress.Fixed(FileIngestionMethod.Recursive, hash), address);
            Assert.Equal($"{prefix}{hash.ToString(HashFormat.Nix32)}", address.ToString());
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_addresses_of_a_real_database_are_read_and_written()
    {
        var texts = GoldenData.ReadJson("generated-nix-2.8.0/store/db.rows.json")["ValidPaths"]!
            .Select(static row => (string?)row["ca"]).OfType<string>().ToList();
        Assert.NotEmpty(texts);
        Assert.All(texts, static text => Assert.Equal(text, ContentAddress.Parse(text).ToString()));
    }

    [Theory]
    [InlineData($"text:sha256:{Digest}")]
    [InlineData($"fixed:sha256:{Digest}")]
    [InlineData($"fixed:r:sha256:{Digest}")]
    [InlineData("fixed:md5:3y8bwfr609h3lh9ch0izcqq7fl")]
    [InlineData("fixed:r:sha1:143xibwh31h9bvxzalr0sjvbbvpa6ffs")]
    public void An_address_is_read_and_written(string text) => Assert.Equal(text, ContentAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData($"sha256:{Digest}")]
    [InlineData($"text:r:sha256:{Digest}")]
    [InlineData("text:sha1:143xibwh31h9bvxzalr0sjvbbvpa6ffs")]
    [InlineData($"fixed:{Digest}")]
    [InlineData($"fixed:x:sha256:{Digest}")]
    [InlineData($"fixed:sha256:{Digest}0")]
    [InlineData("fixed:sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")]
    [InlineData($"FIXED:sha256:{Digest}")]
    public void What_is_no_address_is_refused(string text)
    {
        Assert.Equal(NixErrorCodes.InvalidContentAddress, Assert.Throws<NixFormatException>(() => ContentAddress.Parse(text)).Code);
        Assert.False(ContentAddress.TryParse(text, out _));
    }

    [Fact]
    public void Text_is_addressed_by_sha256_only() =>
        Assert.Equal(
            NixErrorCodes.InvalidContentAddress,
            Assert.Throws<NixFormatException>(() => ContentAddress.Text(NixHash.Compute(NixHashAlgorithm.Sha512, "x"u8))).Code);
}
