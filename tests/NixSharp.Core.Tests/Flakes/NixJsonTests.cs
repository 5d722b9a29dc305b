using Newtonsoft.Json.Linq;
using NixSharp.Flakes;
using NixSharp.Hashing;
using NixSharp.Processes;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Flakes;

public sealed class NixJsonTests
{
    private const string Foo = "n5wkd9frr45pa74if5gpz9j7mifg27fh-foo";
    private const string Bar = "g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-bar";
    private const string Hash = "sha256-FePFYIlMuycIXPZbWi7LGEiMmZSX9FMbaQenWBzm1Sc=";

    [Theory]
    [InlineData($$$$$"""[{"path":"/nix/store/{{{{{Foo}}}}}","valid":true,"narHash":"{{{{{Hash}}}}}","narSize":34878,"references":["/nix/store/{{{{{Foo}}}}}","/nix/store/{{{{{Bar}}}}}"],"deriver":"/nix/store/{{{{{Bar}}}}}.drv","registrationTime":23423,"ultimate":true,"signatures":["k:AA=="],"ca":"fixed:r:sha256:1lr187v6dck1rjh2j6svpikcfz53wyl3qrlcbb405zlh13x0khhh"}]""")]
    [InlineData($$$$$"""{"/nix/store/{{{{{Foo}}}}}":{"narHash":"{{{{{Hash}}}}}","narSize":34878,"references":["/nix/store/{{{{{Foo}}}}}","/nix/store/{{{{{Bar}}}}}"],"deriver":"/nix/store/{{{{{Bar}}}}}.drv","registrationTime":23423,"ultimate":true,"signatures":["k:AA=="],"ca":"fixed:r:sha256:1lr187v6dck1rjh2j6svpikcfz53wyl3qrlcbb405zlh13x0khhh"}}""")]
    [InlineData($$$$$"""{"version":2,"storeDir":"/nix/store","info":{"{{{{{Foo}}}}}":{"version":2,"narHash":"{{{{{Hash}}}}}","narSize":34878,"references":["{{{{{Foo}}}}}","{{{{{Bar}}}}}"],"deriver":"{{{{{Bar}}}}}.drv","registrationTime":23423,"ultimate":true,"signatures":[{"keyName":"k","sig":"AA=="}],"ca":{"method":"nar","hash":"sha256-EMIJ+giQ/gLIWoxmPKjno3zHZrxbGymgzGGyZvZBIdM="}}}}""")]
    public void Path_infos_are_the_same_in_every_layout_that_Nix_has_had(string json)
    {
        var info = Assert.Single(PathInfoJson.Read(NixJson.Parse(json), StoreDirectory.Default));
        Assert.Equal($"/nix/store/{Foo}", info.Path.ToString());
        Assert.Equal(Hash, info.NarHash.ToString());
        Assert.Equal(34878, info.NarSize);
        Assert.Equal([Bar, Foo], info.References.Select(path => path.BaseName));
        Assert.Equal($"{Bar}.drv", info.Deriver?.BaseName);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(23423), info.RegistrationTime);
        Assert.True(info.Ultimate);
        Assert.Equal(["k:AA=="], info.Signatures);
        Assert.Equal("fixed:r:sha256:1lr187v6dck1rjh2j6svpikcfz53wyl3qrlcbb405zlh13x0khhh", info.ContentAddress?.ToString());
    }

    [Fact]
    public void Missing_values_may_be_null()
    {
        var json = NixJson.Parse($$$$$"""{"/nix/store/{{{{{Foo}}}}}":{"narHash":"{{{{{Hash}}}}}","narSize":1,"references":[],"deriver":null,"registrationTime":null,"ca":null,"signatures":null}}""");
        var info = Assert.Single(PathInfoJson.Read(json, StoreDirectory.Default));
        Assert.Null(info.Deriver);
        Assert.Null(info.ContentAddress);
        Assert.Empty(info.Signatures);
    }

    [Theory]
    [InlineData($$$$$"""[{"path":"/nix/store/{{{{{Foo}}}}}","valid":false}]""")]
    [InlineData($$$$$"""{"/nix/store/{{{{{Foo}}}}}":null}""")]
    public void A_path_that_is_not_valid_is_named(string json)
    {
        var exception = Assert.Throws<NixStoreException>(() => PathInfoJson.Read(NixJson.Parse(json), StoreDirectory.Default));
        Assert.Equal(NixErrorCodes.PathNotValid, exception.Code);
        Assert.Contains(Foo, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[{")]
    [InlineData("3")]
    [InlineData("[3]")]
    [InlineData("[{\"path\":\"/elsewhere/x\"}]")]
    [InlineData("[{\"path\":\"/nix/store/n5wkd9frr45pa74if5gpz9j7mifg27fh-foo\"}]")]
    [InlineData("{\"/nix/store/n5wkd9frr45pa74if5gpz9j7mifg27fh-foo\":{\"narHash\":\"sha256-FePFYIlMuycIXPZbWi7LGEiMmZSX9FMbaQenWBzm1Sc=\",\"narSize\":99999999999999999999}}")]
    public void Anything_else_is_one_coded_error(string json)
    {
        var exception = Assert.Throws<NixProcessException>(() =>
            NixJson.Read<IReadOnlyList<PathInfo>>("nix path-info", () => PathInfoJson.Read(NixJson.Parse(json), StoreDirectory.Default)));
        Assert.Equal(NixErrorCodes.NixOutputNotUnderstood, exception.Code);
    }

    [RequiresFact(Requirements.Golden)]
    public void Path_infos_that_Nix_printed_can_be_read()
    {
        var json = JToken.Parse(File.ReadAllText(GoldenData.PathOf("generated-nix-2.8.0/store/path-info.all.v0.json")));
        var infos = PathInfoJson.Read(json, StoreDirectory.Default);
        Assert.Equal(json.Count(), infos.Count);
        Assert.All(infos, info => Assert.Equal(NixHashAlgorithm.Sha256, info.NarHash.Algorithm));
    }

    [Fact]
    public void Build_results_have_a_derivation_and_outputs_or_just_a_path()
    {
        var results = NixJson.ReadBuildResults(
            NixJson.Parse($$$$$"""[{"drvPath":"/nix/store/{{{{{Foo}}}}}.drv","outputs":{"out":"/nix/store/{{{{{Foo}}}}}","doc":"/nix/store/{{{{{Bar}}}}}"}},"/nix/store/{{{{{Bar}}}}}",{"path":"/nix/store/{{{{{Bar}}}}}"}]"""),
            StoreDirectory.Default);
        Assert.Equal($"{Foo}.drv", results[0].DerivationPath?.BaseName);
        Assert.Equal(Bar, results[0].Outputs["doc"].BaseName);
        Assert.Equal(Bar, results[1].Outputs["out"].BaseName);
        Assert.Null(results[2].DerivationPath);
    }
}
