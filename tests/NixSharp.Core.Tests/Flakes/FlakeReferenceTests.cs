using Newtonsoft.Json.Linq;
using NixSharp.Flakes.References;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Flakes;

public sealed class FlakeReferenceTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const string Hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_parts_of_a_reference_have_names()
    {
        var reference = FlakeReference.Parse($"github:NixOS/nixpkgs/nixos-26.05?dir=lib&host=git.example.org&narHash={Uri.EscapeDataString(Hash)}");
        Assert.Equal(FlakeReferenceType.GitHub, reference.Type);
        Assert.Equal(("NixOS", "nixpkgs", "nixos-26.05", null), (reference.Owner, reference.Repository, reference.Ref, reference.Revision));
        Assert.Equal(("lib", "git.example.org", Hash), (reference.Directory, reference.Host, reference.NarHash.ToString()));
        Assert.True(reference.IsLocked);
        Assert.Equal(Commit, FlakeReference.Parse($"github:a/b/{Commit.ToUpperInvariant()}").Revision);
    }

    [Theory]
    [InlineData("nixpkgs", "flake:nixpkgs")]
    [InlineData("nixpkgs/nixos-26.05", "flake:nixpkgs/nixos-26.05")]
    [InlineData("/src/my app", "path:/src/my%20app")]
    [InlineData("github:a//b/", "github:a/b")]
    [InlineData("github:a/b?ref=release/1", "github:a/b/release/1")]
    [InlineData("github:a/b?host=x.y", "github:a/b?host=x.y")]
    [InlineData("tarball+https://x.y/z", "https://x.y/z")]
    [InlineData("file+https://x.y/z", "file+https://x.y/z")]
    [InlineData("git+https://x.y/z?shallow=0&ref=main&other=1", "git+https://x.y/z?other=1&ref=main")]
    [InlineData("git+file:/x?submodules=1", "git+file:/x?submodules=1")]
    public void A_reference_is_printed_in_one_form(string text, string expected)
    {
        Assert.Equal(expected, FlakeReference.Parse(text).ToString());
        Assert.Equal(expected, FlakeReference.Parse(expected).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("./x")]
    [InlineData("a b")]
    [InlineData("github:a")]
    [InlineData("github:a/b/c?ref=d")]
    [InlineData("github:a/b?rev=abc")]
    [InlineData("github:a/b?host=a/b")]
    [InlineData("github:a/b?narHash=x")]
    [InlineData("github:a/b/c~d")]
    [InlineData("github:a/b#c")]
    [InlineData("GITHUB:a/b")]
    [InlineData("nixpkgs/a/b")]
    [InlineData("flake:n.x")]
    [InlineData("ftp://x/y")]
    [InlineData("ssh://git@h/x")]
    [InlineData("path://host/x")]
    [InlineData("path:")]
    [InlineData("path:/a?foo=1")]
    [InlineData("path:/a?lastModified=x")]
    [InlineData("git+file://x/y")]
    [InlineData("git+https:x/y")]
    [InlineData("git+https://x/y?ref=a..b")]
    [InlineData("git+https://x/y?ref=")]
    [InlineData("git+https://x/y?rev=abc")]
    [InlineData("git+https://x/%zz")]
    [InlineData("git+https://x/%00")]
    [InlineData("git+https://x/y?a")]
    [InlineData("git+https://x/é")]
    public void What_is_no_reference_is_refused(string text)
    {
        var error = Assert.Throws<FlakeException>(() => FlakeReference.Parse(text));
        Assert.Equal(NixErrorCodes.InvalidFlakeReference, error.Code);
        Assert.False(FlakeReference.TryParse(text, out _));
    }

    [Theory]
    [InlineData("{\"type\":\"github\",\"owner\":\"a\"}")]
    [InlineData("{\"type\":\"github\",\"owner\":\"a\",\"repo\":5}")]
    [InlineData("{\"type\":\"github\",\"owner\":\"a\",\"repo\":\"b/c\"}")]
    [InlineData("{\"type\":\"svn\",\"url\":\"a\"}")]
    [InlineData("{\"url\":\"a\"}")]
    [InlineData("{\"type\":\"git\",\"url\":\"a\",\"shallow\":\"1\"}")]
    [InlineData("{\"type\":\"git\",\"url\":\"a\",\"revCount\":-1}")]
    [InlineData("{\"type\":\"git\",\"url\":\"a\",\"lastModified\":999999999999999}")]
    [InlineData("{\"type\":\"git\",\"url\":[]}")]
    [InlineData("[]")]
    public void An_attribute_set_that_makes_no_sense_is_refused(string json) =>
        Assert.Equal(NixErrorCodes.InvalidFlakeReference, Assert.Throws<FlakeException>(() => FlakeReference.FromJson(JToken.Parse(json))).Code);

    [Fact]
    public void An_attribute_set_is_read_and_written()
    {
        var json = JObject.Parse($"{{\"dirtyRev\":\"x-dirty\",\"lastModified\":1795623368,\"narHash\":\"{Hash}\",\"ref\":\"master\",\"rev\":\"{Commit}\",\"shallow\":true,\"type\":\"git\",\"url\":\"https://x/y\"}}");
        var reference = FlakeReference.FromJson(json);
        Assert.Equal(json.ToString(), reference.ToJson().ToString());
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1795623368), reference.LastModified);
        Assert.Equal($"git+https://x/y?ref=master&rev={Commit}&shallow=1", reference.ToString());
    }

    [Fact]
    public void References_are_equal_where_their_attributes_are()
    {
        var reference = FlakeReference.Parse("github:a/b/c");
        Assert.True(reference == FlakeReference.Parse("github:a/b?ref=c"));
        Assert.Equal(reference.GetHashCode(), FlakeReference.Parse("github:a/b?ref=c").GetHashCode());
        Assert.True(reference != FlakeReference.Parse("gitlab:a/b/c"));
        Assert.True(reference != FlakeReference.Parse("github:a/b"));
        Assert.Equal(reference, FlakeReference.Parse("github:a/b").With("ref", "c"));
        Assert.Equal(FlakeReference.Parse("github:a/b"), reference.Without("ref"));
        Assert.Throws<FlakeException>(() => reference.Without("owner"));
    }

    [Fact]
    public void A_path_is_looked_up_as_the_command_line_does()
    {
        _folder.Write("repository/sub/flake.nix", "{ }");
        _folder.Write("alone/flake.nix", "{ }");
        Directory.CreateDirectory(_folder["repository/.git"]);
        Directory.CreateDirectory(_folder["repository/sub/below"]);
        Directory.CreateDirectory(_folder["repository/other"]);
        Assert.Equal($"git+file://{_folder["repository"]}?dir=sub", FlakeReference.Resolve("./sub", _folder["repository"]).ToString());
        Assert.Equal($"git+file://{_folder["repository"]}?dir=sub", FlakeReference.Resolve(".", _folder["repository/sub/below"]).ToString());
        Assert.Equal($"path:{_folder["alone"]}", FlakeReference.Resolve(_folder["alone"] + "/", "/").ToString());
        Assert.Equal($"path:{_folder["alone"]}?rev={Commit}", FlakeReference.Resolve($"./alone?rev={Commit}", _folder.Path).ToString());
        Assert.Equal("flake:alone", FlakeReference.Resolve("alone", _folder.Path).ToString());
        Assert.Equal(NixErrorCodes.NotAFlake, Assert.Throws<FlakeException>(() => FlakeReference.Resolve("./other", _folder["repository"])).Code);
        Assert.Equal(NixErrorCodes.NotAFlake, Assert.Throws<FlakeException>(() => FlakeReference.Resolve("./missing", _folder.Path)).Code);
        Assert.Equal(NixErrorCodes.InvalidFlakeReference, Assert.Throws<FlakeException>(() => FlakeReference.Resolve("./sub?dir=x", _folder["repository"])).Code);
        Assert.Equal(NixErrorCodes.InvalidFlakeReference, Assert.Throws<FlakeException>(() => FlakeReference.Resolve("github:a", _folder.Path)).Code);
    }

    [Fact]
    public void An_installable_has_a_fragment_and_outputs()
    {
        var installable = FlakeInstallable.Parse("nixpkgs#legacyPackages.x86_64-linux.\"a b\"^dev,out");
        Assert.Equal(("flake:nixpkgs", "legacyPackages.x86_64-linux.\"a b\"", "dev,out"), (installable.Flake.ToString(), installable.Fragment, installable.Outputs!.ToString()));
        Assert.Equal("flake:nixpkgs#legacyPackages.x86_64-linux.%22a%20b%22^dev,out", installable.ToString());
        Assert.Equal(installable, FlakeInstallable.Parse(installable.ToString()));
        Assert.Equal("flake:nixpkgs", FlakeInstallable.Parse("nixpkgs").ToString());
        Assert.Equal("flake:nixpkgs#^*", FlakeInstallable.Parse("nixpkgs^*").ToString());
        _folder.Write("flake.nix", "{ }");
        Assert.Equal($"path:{_folder.Path}#x", FlakeInstallable.Parse("#x", _folder.Path).ToString());
        Assert.Throws<FlakeException>(() => FlakeInstallable.Parse("nixpkgs#a^"));
        Assert.Throws<FlakeException>(() => FlakeInstallable.Parse("nixpkgs#%zz"));
    }
}
