using NixSharp.Registries;
using Xunit;

namespace NixSharp.Core.Tests.Registries;

public sealed class ImageReferenceTests
{
    private const string Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("ubuntu", "docker.io/library/ubuntu:latest")]
    [InlineData("ubuntu:22.04", "docker.io/library/ubuntu:22.04")]
    [InlineData("acme/hello", "docker.io/acme/hello:latest")]
    [InlineData("docker.io/ubuntu", "docker.io/library/ubuntu:latest")]
    [InlineData("index.docker.io/acme/hello", "docker.io/acme/hello:latest")]
    [InlineData("registry-1.docker.io/library/ubuntu", "docker.io/library/ubuntu:latest")]
    [InlineData("quay.io/acme/hello:1.0", "quay.io/acme/hello:1.0")]
    [InlineData("quay.io:8443/a/b/c", "quay.io:8443/a/b/c:latest")]
    [InlineData("localhost/hello", "localhost/hello:latest")]
    [InlineData("localhost:5000/hello:_x", "localhost:5000/hello:_x")]
    [InlineData("[::1]:5000/hello", "[::1]:5000/hello:latest")]
    [InlineData("Registry/hello", "Registry/hello:latest")]
    [InlineData("a__b/c.d/e---f", "docker.io/a__b/c.d/e---f:latest")]
    [InlineData("quay.io/hello@" + Digest, "quay.io/hello@" + Digest)]
    [InlineData("quay.io/hello:1@" + Digest, "quay.io/hello:1@" + Digest)]
    public void References_are_read_as_Docker_reads_them(string text, string full)
    {
        var reference = ImageReference.Parse(text);
        Assert.Equal(full, reference.ToString());
        Assert.Equal(reference, ImageReference.Parse(full));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/hello")]
    [InlineData("quay.io/")]
    [InlineData("quay.io/Hello")]
    [InlineData("quay.io/hello:")]
    [InlineData("quay.io/hello:-1")]
    [InlineData("quay.io/hello:a b")]
    [InlineData("quay.io/hello:1\n")]
    [InlineData("quay.io/a//b")]
    [InlineData("quay.io/../b")]
    [InlineData("quay.io/a___b")]
    [InlineData("quay.io/_a")]
    [InlineData("quay.io:port/hello")]
    [InlineData("user@quay.io/hello")]
    [InlineData("quay.io/hello@sha256:12")]
    [InlineData("docker://quay.io/hello")]
    [InlineData("https://quay.io/hello")]
    [InlineData("[::1/hello")]
    public void Anything_else_is_refused_with_a_reason(string text)
    {
        Assert.False(ImageReference.TryParse(text, out _));
        var exception = Assert.Throws<RegistryException>(() => ImageReference.Parse(text));
        Assert.Equal(NixErrorCodes.InvalidImageReference, exception.Code);
        Assert.StartsWith($"'{text}' is not an image reference: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tags_and_names_have_a_longest_length()
    {
        Assert.True(ImageReference.TryParse("quay.io/hello:" + new string('a', 128), out _));
        Assert.False(ImageReference.TryParse("quay.io/hello:" + new string('a', 129), out _));
        Assert.True(ImageReference.TryParse("quay.io/" + new string('a', 247), out _));
        Assert.False(ImageReference.TryParse("quay.io/" + new string('a', 248), out _));
    }

    [Theory]
    [InlineData("localhost/a", true)]
    [InlineData("127.0.0.1:5000/a", true)]
    [InlineData("127.9.9.9:5000/a", true)]
    [InlineData("[::1]:5000/a", true)]
    [InlineData("10.0.0.1:5000/a", false)]
    [InlineData("localhost.example.org/a", false)]
    [InlineData("quay.io/a", false)]
    [InlineData("a", false)]
    public void Only_this_machine_is_loopback(string text, bool expected) =>
        Assert.Equal(expected, ImageReference.Parse(text).IsLoopback);

    [Fact]
    public void Docker_Hub_answers_under_another_name() =>
        Assert.Equal("registry-1.docker.io", ImageReference.Parse("ubuntu").ApiHost);

    [Fact]
    public void A_digest_alone_has_no_tag()
    {
        var reference = ImageReference.Parse("quay.io/hello@" + Digest);
        Assert.Null(reference.Tag);
        Assert.Equal(Digest, reference.ManifestReference);
        Assert.Equal("quay.io/hello:2", reference.WithTag("2").ToString());
    }
}
