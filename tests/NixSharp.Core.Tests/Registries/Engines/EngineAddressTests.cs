using NixSharp.Registries.Engines;
using Xunit;

namespace NixSharp.Core.Tests.Registries.Engines;

public sealed class EngineAddressTests
{
    [Theory]
    [InlineData("unix:///var/run/docker.sock", "/var/run/docker.sock")]
    [InlineData("tcp://127.0.0.1:2375", null)]
    [InlineData("tcp://[::1]:2375", null)]
    public void An_address_is_read_and_shown_as_it_was(string text, string? socket)
    {
        var address = EngineAddress.Parse(text);
        Assert.Equal((text, socket), (address.ToString(), address.Socket));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/var/run/docker.sock")]
    [InlineData("unix://relative.sock")]
    [InlineData("tcp://")]
    [InlineData("tcp://host:port")]
    [InlineData("tcp://user:password@host:1")]
    [InlineData("tcp://host:1/path")]
    [InlineData("ssh://host")]
    [InlineData("npipe:////./pipe/docker_engine")]
    public void What_is_no_address_has_a_code(string text) =>
        Assert.Equal(NixErrorCodes.InvalidEngineAddress, Assert.Throws<EngineException>(() => EngineAddress.Parse(text)).Code);

    [Fact]
    public void Each_engine_has_its_variable_and_its_usual_place()
    {
        Assert.Equal("unix:///var/run/docker.sock", EngineAddress.Docker(static _ => null).ToString());
        Assert.Equal("tcp://h:1", EngineAddress.Docker(static name => name == "DOCKER_HOST" ? "tcp://h:1" : null).ToString());
        Assert.Equal("unix:///run/podman/podman.sock", EngineAddress.Podman(static _ => null).ToString());
        Assert.Equal("unix:///p.sock", EngineAddress.Podman(static name => name == "CONTAINER_HOST" ? "unix:///p.sock" : null).ToString());
    }

    [Fact]
    public void Where_TLS_is_asked_for_nothing_is_sent_in_the_clear() =>
        Assert.Equal(
            NixErrorCodes.InvalidEngineAddress,
            Assert.Throws<EngineException>(() => EngineAddress.Docker(static name => name == "DOCKER_HOST" ? "tcp://h:1" : name == "DOCKER_TLS_VERIFY" ? "1" : null)).Code);
}
