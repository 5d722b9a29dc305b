using NixSharp.Csi.Publishing;
using NixSharp.StorePaths;
using Xunit;

namespace NixSharp.Csi.Tests.Publishing;

public sealed class VolumeAttributesTests
{
    private const string Hello = "/nix/store/7vxh7yfdm6pyjlds7fkiafmcby6rjvfn-hello";

    private static readonly VolumeAttributes Attributes = new("x86_64-linux", StoreDirectory.Default);

    [Fact]
    public void A_store_path_comes_before_a_flake_a_flake_before_an_expression_and_the_new_name_before_the_old()
    {
        var all = new Dictionary<string, string>
        {
            ["expression"] = "1",
            ["nixExpr"] = "2",
            ["flakeRef"] = "nixpkgs#hello",
            ["aarch64-linux"] = "/nix/store/1ri62d2x5hg07bnrybcvsw5vkb98kb9c-hello",
            ["x86_64-linux"] = Hello,
        };
        Assert.Equal(new VolumeSource.Path(StorePath.Parse(Hello)), Attributes.Read(all).Source);
        all.Remove("x86_64-linux");
        Assert.Equal(new VolumeSource.Flake("nixpkgs#hello"), Attributes.Read(all).Source);
        all.Remove("flakeRef");
        Assert.Equal(new VolumeSource.Expression("2"), Attributes.Read(all).Source);
        all.Remove("nixExpr");
        Assert.Equal(new VolumeSource.Expression("1"), Attributes.Read(all).Source);
        all.Remove("expression");
        Assert.Contains("aarch64-linux, and none for this node, which is x86_64-linux", Refused(all), StringComparison.Ordinal);
    }

    [Fact]
    public void The_rest_is_read()
    {
        var request = Attributes.Read(new Dictionary<string, string>
        {
            ["x86_64-linux"] = $" {Hello}\n",
            ["substituters"] = "https://a.example, https://b.example",
            ["trustedPublicKeys"] = "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
            ["engine"] = "Bind",
            ["quota"] = "1.5Gi",
            ["verify"] = "full",
            ["csi.storage.k8s.io/pod.name"] = "web-1",
            ["csi.storage.k8s.io/pod.namespace"] = "shop",
            ["csi.storage.k8s.io/pod.uid"] = "1-2-3",
            ["csi.storage.k8s.io/serviceAccount.name"] = "default",
            ["csi.storage.k8s.io/ephemeral"] = "true",
        });
        Assert.Equal(["https://a.example", "https://b.example"], request.Substituters);
        Assert.Single(request.TrustedKeys);
        Assert.Equal((VolumeEngine.Bind, 3L << 29, VolumeCheck.Full), (request.Engine, request.Quota, request.Check));
        Assert.Equal(new PodInfo("shop", "web-1", "1-2-3", "default"), request.Pod);
    }

    [Theory]
    [InlineData("flakeref", "nixpkgs#hello", "'flakeref', which is not known")]
    [InlineData("x86_64-linux", "hello", "x86_64-linux cannot be used")]
    [InlineData("x86_64-linux", "/nix/store/../etc", "x86_64-linux cannot be used")]
    [InlineData("flakeRef", "--option", "it begins with a dash")]
    [InlineData("engine", "rsync", "'rsync' is none of links, bind")]
    [InlineData("quota", "-1", "'-1' is no size")]
    [InlineData("quota", "1e9", "'1e9' is no size")]
    [InlineData("quota", "99999999999Gi", "is no size")]
    [InlineData("verify", "1", "'1' is none of none, quick, full")]
    [InlineData("trustedPublicKeys", "no key", "trustedPublicKeys cannot be used")]
    public void What_makes_no_sense_is_refused(string name, string value, string why) =>
        Assert.Contains(why, Refused(new Dictionary<string, string> { ["nixExpr"] = "1", [name] = value }), StringComparison.Ordinal);

    [Fact]
    public void Attributes_without_a_source_or_without_end_are_refused()
    {
        Assert.Contains("do not say what is in it", Refused(new Dictionary<string, string> { ["nixExpr"] = " " }), StringComparison.Ordinal);
        Assert.Contains("more than 262144 characters", Refused(new Dictionary<string, string> { ["nixExpr"] = new string('1', 300_000) }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("500M", 500_000_000)]
    [InlineData("2k", 2000)]
    [InlineData("2Ki", 2048)]
    [InlineData("7Ei", 7L << 60)]
    public void Sizes_are_as_Kubernetes_writes_them(string text, long size) => Assert.Equal(size, CsiOptions.ParseSize(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("i")]
    [InlineData("Ki")]
    [InlineData("1KB")]
    [InlineData("8Ei")]
    public void Other_texts_are_no_sizes(string text) => Assert.Throws<NixConfigurationException>(() => CsiOptions.ParseSize(text));

    private static string Refused(Dictionary<string, string> attributes)
    {
        var error = Assert.Throws<CsiException>(() => Attributes.Read(attributes));
        Assert.Equal(NixErrorCodes.CsiInvalidAttributes, error.Code);
        return error.Message;
    }
}
