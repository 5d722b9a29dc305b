using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.SupplyChain;
using NixSharp.SupplyChain.Signing;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.SupplyChain;

public sealed class SignedFormTests
{
    private static readonly ImageSubject Image = new("quay.io/acme/hello", OciDigest.Compute("manifest"u8));

    [Fact]
    public void The_payload_of_a_signature_is_to_the_byte_what_cosign_writes()
    {
        Assert.Equal(
            $$$"""{"critical":{"identity":{"docker-reference":"quay.io/acme/hello"},"image":{"docker-manifest-digest":"{{{Image.Digest}}}"},"type":"cosign container image signature"},"optional":null}""",
            Encoding.UTF8.GetString(SimpleSigning.Write(Image, new Dictionary<string, string>())));
        var claimed = (JObject)ImageJson.Parse(SimpleSigning.Write(Image, new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" }));
        Assert.Equal(["a", "b"], ((JObject)claimed["optional"]!).Properties().Select(static property => property.Name));
        Assert.True(SimpleSigning.IsAbout(claimed, Image.Digest));
        Assert.False(SimpleSigning.IsAbout(claimed, OciDigest.Compute([])));
        claimed["critical"]!["type"] = "another kind";
        Assert.False(SimpleSigning.IsAbout(claimed, Image.Digest));
    }

    [Fact]
    public void An_envelope_signs_the_type_and_the_payload()
    {
        using var key = CosignKey.Generate();
        using var publicKey = key.ToPublicKey();
        var envelope = (JObject)ImageJson.Parse(Dsse.Sign("http://example.com/HelloWorld", "hello world"u8, key));
        var signature = Convert.FromBase64String((string)envelope["signatures"]![0]!["sig"]!);

        // The example of the specification of the pre-authentication encoding.
        Assert.True(publicKey.Verify("DSSEv1 29 http://example.com/HelloWorld 11 hello world"u8, signature));
        Assert.Equal("hello world"u8.ToArray(), Dsse.Open(envelope, "http://example.com/HelloWorld", publicKey));
        Assert.Null(Dsse.Open(envelope, "another type", publicKey));
        envelope["payload"] = Convert.ToBase64String("hello worlD"u8);
        Assert.Null(Dsse.Open(envelope, "http://example.com/HelloWorld", publicKey));
    }

    [Fact]
    public void Lists_of_referrers_that_are_nearly_right_are_read_or_refused()
    {
        var referrer = new Referrer
        {
            Descriptor = new OciDescriptor(OciMediaTypes.Manifest, Image.Digest, 7),
            ArtifactType = "text/plain",
            Annotations = new Dictionary<string, string> { ["a"] = "b" },
        };
        var one = ReferrersIndex.Add([], referrer, "it");
        var two = ReferrersIndex.Add(one, referrer with { Descriptor = referrer.Descriptor with { Digest = OciDigest.Compute("x"u8) } }, "it");
        Assert.Equal(2, ReferrersIndex.Read(two, "it").Count);
        Fuzz.Run<NixException>([one, two], static bytes =>
        {
            var read = ReferrersIndex.Read(bytes, "it");
            Assert.Equal(read.Count + 1, ReferrersIndex.Read(ReferrersIndex.Add(bytes, new Referrer { Descriptor = new OciDescriptor("a", OciDigest.Compute("y"u8), 1) }, "it"), "it").Count);
        }, perByte: 2000);
    }

    [Fact]
    public void What_others_wrote_into_a_list_stays_there()
    {
        var foreign = Encoding.UTF8.GetBytes($$$"""{"schemaVersion":2,"manifests":[{"mediaType":"m","digest":"{{{Image.Digest}}}","size":1,"platform":{"os":"linux"}}],"annotations":{"k":"v"}}""");
        var json = ImageJson.Parse(ReferrersIndex.Add(foreign, new Referrer { Descriptor = new OciDescriptor("n", OciDigest.Compute("y"u8), 1) }, "it"));
        Assert.Equal("linux", (string?)json["manifests"]![0]!["platform"]!["os"]);
        Assert.Equal("v", (string?)json["annotations"]!["k"]);
    }
}
