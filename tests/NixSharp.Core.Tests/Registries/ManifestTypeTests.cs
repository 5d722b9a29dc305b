using System.Text;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using Xunit;

namespace NixSharp.Core.Tests.Registries;

public sealed class ManifestTypeTests
{
    [Theory]
    [InlineData("""{ "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": [] }""", "text/plain", OciMediaTypes.Manifest)]
    [InlineData("""{ "layers": [] }""", "text/plain", OciMediaTypes.Manifest)]
    [InlineData("""{ "manifests": [] }""", "application/json", OciMediaTypes.Index)]
    [InlineData("""{ "manifests": [] }""", OciMediaTypes.DockerManifestList, OciMediaTypes.DockerManifestList)]
    [InlineData("""{ "schemaVersion": 1 }""", "application/vnd.docker.distribution.manifest.v1+prettyjws", "application/vnd.docker.distribution.manifest.v1+prettyjws")]
    public void The_body_has_the_say(string body, string header, string expected) =>
        Assert.Equal(expected, ManifestType.Read(Encoding.UTF8.GetBytes(body), header, out _));

    [Theory]
    [InlineData("""{ "mediaType": "application/vnd.oci.image.manifest.v1+json" }""", OciMediaTypes.Index)]
    [InlineData("""{ "manifests": [], "layers": [] }""", OciMediaTypes.Index)]
    [InlineData("""{ "manifests": [], "config": {} }""", null)]
    [InlineData("{}", null)]
    [InlineData("<html>", OciMediaTypes.Index)]
    public void What_can_be_read_in_two_ways_or_none_is_refused(string body, string? header)
    {
        Assert.Null(ManifestType.Read(Encoding.UTF8.GetBytes(body), header, out var why));
        Assert.NotNull(why);
    }
}
