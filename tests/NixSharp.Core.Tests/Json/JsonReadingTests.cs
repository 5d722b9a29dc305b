using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.StorePaths;
using NixSharp.Stores;
using Xunit;

namespace NixSharp.Core.Tests.Json;

public sealed class JsonReadingTests
{
    private const string Path = "g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo.drv";

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("[1] 2")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("nope")]
    public void Text_that_is_no_JSON_is_refused(string text) =>
        Assert.Equal(NixErrorCodes.InvalidJson, Assert.Throws<NixFormatException>(() => JsonText.Parse(text)).Code);

    [Fact]
    public void Deep_nesting_is_refused() =>
        Assert.Equal(NixErrorCodes.InvalidJson, Assert.Throws<NixFormatException>(() => JsonText.Parse(new string('[', 100_000))).Code);

    [Fact]
    public void A_string_that_looks_like_a_date_stays_a_string() =>
        Assert.Equal("2020-01-01T00:00:00Z", JsonText.Parse("\"2020-01-01T00:00:00Z\"").Value<string>());

    [Fact]
    public void Objects_of_Nix_2_32_are_hashes_too()
    {
        var hash = NixHash.Compute(NixHashAlgorithm.Sha256, "x"u8);
        var json = new JObject { ["algorithm"] = "sha256", ["format"] = "base64", ["hash"] = hash.ToDigestString(HashFormat.Base64) };
        Assert.Equal(hash, NixHashJson.Read(json));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[\"*\",\"a\"]")]
    [InlineData("[\"\"]")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("null")]
    public void What_names_no_outputs_is_refused(string json) => Refused(() => OutputsSpecJson.Read(JsonText.Parse(json)));

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("\"foo\"")]
    [InlineData($$"""{"drvPath":"{{Path}}"}""")]
    [InlineData($$"""{"drvPath":"{{Path}}","outputs":[]}""")]
    [InlineData($$"""{"drvPath":{"drvPath":"{{Path}}","outputs":["a"]},"outputs":["a"]}""")]
    public void What_is_no_derived_path_is_refused(string json) => Refused(() => DerivedPathJson.Read(JsonText.Parse(json)));

    [Fact]
    public void Several_outputs_are_no_single_derived_path()
    {
        var path = DerivedPath.Of(StorePath.ParseBaseName(Path), OutputsSpec.Of("a", "b"));
        Refused(() => DerivedPathJson.WriteSingle(path));
        Refused(() => DerivedPathJson.Write(new DerivedPath.Built(path, OutputsSpec.All)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData($$"""{"id":"sha256:00","outPath":"{{Path}}"}""")]
    [InlineData($$"""{"id":"x!out","outPath":"{{Path}}"}""")]
    [InlineData($$"""{"id":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad!","outPath":"{{Path}}"}""")]
    [InlineData("""{"id":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad!out"}""")]
    [InlineData($$"""{"id":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad!out","outPath":"{{Path}}","signatures":[{"keyName":"a:b","sig":""}]}""")]
    [InlineData($$"""{"id":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad!out","outPath":"{{Path}}","dependentRealisations":[]}""")]
    public void What_is_no_realisation_is_refused(string json) => Refused(() => RealisationJson.Read(JsonText.Parse(json)));

    [Theory]
    [InlineData("""{"status":"Fine"}""")]
    [InlineData("""{"status":"0"}""")]
    [InlineData("""{"status":"Built, Substituted"}""")]
    [InlineData("""{"status":"Built","success":false}""")]
    [InlineData("""{"status":"Built","timesBuilt":-1}""")]
    [InlineData("""{"status":"Built","timesBuilt":9999999999}""")]
    [InlineData("""{"status":"Built","startTime":999999999999999}""")]
    [InlineData("""{"status":"Built","cpuUser":9223372036854775807}""")]
    [InlineData("""{"status":"Built","builtOutputs":{"out":3}}""")]
    public void What_is_no_result_of_a_build_is_refused(string json) => Refused(() =>
        BuildResultJson.Read(JsonText.Parse(json), DerivedPath.Of(StorePath.ParseBaseName(Path)), static name => new DerivationOutputId(NixHash.Compute(NixHashAlgorithm.Sha256, []), name)));

    private static void Refused(Func<object> read) => Assert.StartsWith("NIXS10", Assert.Throws<NixFormatException>(read).Code, StringComparison.Ordinal);
}
