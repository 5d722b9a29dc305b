using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.StorePaths;
using NixSharp.Stores;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class PathInfoJsonTests
{
    private const string Hash = "sha256-FePFYIlMuycIXPZbWi7LGEiMmZSX9FMbaQenWBzm1Sc=";

    private static readonly StorePath Foo = StorePath.ParseBaseName("n5wkd9frr45pa74if5gpz9j7mifg27fh-foo");
    private static readonly StorePath Bar = StorePath.ParseBaseName("g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-bar");

    private static readonly PathInfo Info = new() { Path = Foo, NarHash = NixHash.Parse(Hash), NarSize = 7, References = [Bar, Foo], Signatures = ["k:AA=="] };

    [Theory]
    [InlineData(PathInfoJsonFormat.List, $$"""[{"closureSize":9,"narHash":"{{Hash}}","narSize":7,"path":"/nix/store/n5wkd9frr45pa74if5gpz9j7mifg27fh-foo","references":["/nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-bar","/nix/store/n5wkd9frr45pa74if5gpz9j7mifg27fh-foo"],"signatures":["k:AA=="]},{"path":"/nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-bar","valid":false}]""")]
    [InlineData(PathInfoJsonFormat.Version1, $$"""{"/nix/store/n5wkd9frr45pa74if5gpz9j7mifg27fh-foo":{"ca":null,"closureSize":9,"deriver":null,"narHash":"{{Hash}}","narSize":7,"references":["/nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-bar","/nix/store/n5wkd9frr45pa74if5gpz9j7mifg27fh-foo"],"registrationTime":null,"signatures":["k:AA=="],"ultimate":false},"/nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-bar":null}""")]
    [InlineData(PathInfoJsonFormat.Version2, $$"""{"info":{"n5wkd9frr45pa74if5gpz9j7mifg27fh-foo":{"ca":null,"closureSize":9,"deriver":null,"narHash":"{{Hash}}","narSize":7,"references":["g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-bar","n5wkd9frr45pa74if5gpz9j7mifg27fh-foo"],"registrationTime":null,"signatures":["k:AA=="],"ultimate":false},"g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-bar":null},"storeDir":"/nix/store","version":2}""")]
    [InlineData(PathInfoJsonFormat.Version3, $$"""{"info":{"n5wkd9frr45pa74if5gpz9j7mifg27fh-foo":{"ca":null,"closureSize":9,"deriver":null,"narHash":"{{Hash}}","narSize":7,"references":["g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-bar","n5wkd9frr45pa74if5gpz9j7mifg27fh-foo"],"registrationTime":null,"signatures":[{"keyName":"k","sig":"AA=="}],"ultimate":false},"g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-bar":null},"storeDir":"/nix/store","version":3}""")]
    public void Each_format_has_its_own_shape_and_is_read_again(PathInfoJsonFormat format, string expected)
    {
        var json = PathInfoJson.WriteAll([new(Foo, Info), new(Bar, null)], format, static _ => 9);
        Assert.Equal(expected, json.ToString(Newtonsoft.Json.Formatting.None));
        var again = PathInfoJson.ReadAll(JsonText.Parse(expected));
        Assert.Equal([Foo, Bar], again.Select(static pair => pair.Key));
        Assert.Null(again[1].Value);
        Assert.Equal(JsonText.Format(PathInfoJson.WriteOne(Info)), JsonText.Format(PathInfoJson.WriteOne(again[0].Value!)));
    }

    [Theory]
    [InlineData("""{"version":4,"info":{}}""")]
    [InlineData("""{"version":2,"storeDir":"/opt/store","info":{}}""")]
    [InlineData("""{"version":2,"storeDir":3,"info":{}}""")]
    [InlineData("""[{"path":"n5wkd9frr45pa74if5gpz9j7mifg27fh-foo","narHash":"sha256-FePFYIlMuycIXPZbWi7LGEiMmZSX9FMbaQenWBzm1Sc=","narSize":-1}]""")]
    [InlineData("""[{"path":"n5wkd9frr45pa74if5gpz9j7mifg27fh-foo","narHash":"sha256-FePFYIlMuycIXPZbWi7LGEiMmZSX9FMbaQenWBzm1Sc=","narSize":1,"ultimate":"yes"}]""")]
    [InlineData("""[{"path":"n5wkd9frr45pa74if5gpz9j7mifg27fh-foo","narHash":"sha256-FePFYIlMuycIXPZbWi7LGEiMmZSX9FMbaQenWBzm1Sc=","narSize":1,"registrationTime":99999999999999}]""")]
    [InlineData("""[{"path":"n5wkd9frr45pa74if5gpz9j7mifg27fh-foo","narHash":"sha256-FePFYIlMuycIXPZbWi7LGEiMmZSX9FMbaQenWBzm1Sc=","narSize":1,"ca":{"method":"magic","hash":"sha256-FePFYIlMuycIXPZbWi7LGEiMmZSX9FMbaQenWBzm1Sc="}}]""")]
    public void What_is_something_else_is_refused(string json) =>
        Assert.StartsWith("NIXS10", Assert.Throws<NixFormatException>(() => PathInfoJson.Read(JsonText.Parse(json))).Code, StringComparison.Ordinal);

    [Fact]
    public void What_is_about_another_path_is_refused()
    {
        var json = PathInfoJson.Write([Info], PathInfoJsonFormat.List)[0]!;
        Assert.Equal(Foo, PathInfoJson.ReadOne(json, Foo).Path);
        Assert.Equal(NixErrorCodes.InvalidJson, Assert.Throws<NixFormatException>(() => PathInfoJson.ReadOne(json, Bar)).Code);
    }

    [Fact]
    public void A_signature_without_a_key_has_no_structured_form() =>
        Assert.Equal(NixErrorCodes.InvalidJson, Assert.Throws<NixFormatException>(() => PathInfoJson.WriteOne(Info with { Signatures = ["asdf"] }, PathInfoJsonFormat.Version3)).Code);
}
