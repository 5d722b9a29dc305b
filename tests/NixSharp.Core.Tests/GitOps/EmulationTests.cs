using NixSharp.GitOps.Nodes;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.GitOps;

public sealed class EmulationTests
{
    [Theory]
    [InlineData("qemu-aarch64", "enabled\ninterpreter /usr/bin/qemu-aarch64-static\n", "aarch64", true)]
    [InlineData("aarch64-linux", "enabled\n", "aarch64", true)]
    [InlineData("qemu-arm", "enabled\n", "armv7l", true)]
    [InlineData("qemu-aarch64", "disabled\n", "aarch64", false)]
    [InlineData("qemu-riscv64", "enabled\n", "aarch64", false)]
    public void An_emulator_counts_where_it_is_for_the_processor_and_switched_on(string name, string text, string processor, bool expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write(name, text);
        Assert.Equal(expected, Emulation.IsEnabled(folder.Path, processor));
        Assert.False(Emulation.IsEnabled(folder["missing"], processor));
    }
}
