using NixSharp.Images;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class ImageLocationTests
{
    [Theory]
    [InlineData("oci:dir", ImageTransport.Oci, "dir", null)]
    [InlineData("oci:/a b/dir:v1.0", ImageTransport.Oci, "/a b/dir", "v1.0")]
    [InlineData("oci:dir:quay.io/acme/hello:1.0", ImageTransport.Oci, "dir", "quay.io/acme/hello:1.0")]
    [InlineData("oci-archive:x.tar:y", ImageTransport.OciArchive, "x.tar", "y")]
    [InlineData("docker-archive:x.tar", ImageTransport.DockerArchive, "x.tar", null)]
    [InlineData("docker-archive:x.tar:hello", ImageTransport.DockerArchive, "x.tar", "hello")]
    [InlineData("docker-archive:x.tar:localhost:5000/acme/hello:1.0", ImageTransport.DockerArchive, "x.tar", "localhost:5000/acme/hello:1.0")]
    public void Places_are_read_and_written(string text, ImageTransport transport, string path, string? reference)
    {
        var location = ImageLocation.Parse(text);
        Assert.Equal((transport, path, reference), (location.Transport, location.Path, location.Reference));
        Assert.Equal(text, location.ToString());
        Assert.Equal(location, new ImageLocation(transport, path, reference));
    }

    [Theory]
    [InlineData("")]
    [InlineData("dir")]
    [InlineData("oci:")]
    [InlineData("oci::v1")]
    [InlineData("oci:dir:")]
    [InlineData("oci:dir:-v1")]
    [InlineData("oci:dir:a b")]
    [InlineData("oci:dir:a\n")]
    [InlineData("docker://quay.io/x")]
    [InlineData("docker-archive:x.tar:Hello:1")]
    [InlineData("docker-archive:x.tar:hello:")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(ImageLocation.TryParse(text, out _));
        Assert.Equal(NixErrorCodes.InvalidImageLocation, Assert.Throws<ImageException>(() => ImageLocation.Parse(text)).Code);
    }
}
