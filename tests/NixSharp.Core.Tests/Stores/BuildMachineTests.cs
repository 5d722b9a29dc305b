using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class BuildMachineTests : IDisposable
{
    private const string Folder = "nixos-nix/src/libstore-tests/data/machines";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact(Requirements.Golden)]
    public void Machines_of_Nix_own_tests_are_read_and_written()
    {
        var machines = BuildMachine.ReadFile(GoldenData.PathOf($"{Folder}/valid"));
        Assert.Equal(
            ["ssh://nix@scratchy.labs.cs.uu.nl", "ssh://nix@itchy.labs.cs.uu.nl", "ssh://nix@poochie.labs.cs.uu.nl"],
            machines.Select(static machine => machine.Store.ToString()));
        Assert.All(machines, static machine => Assert.Equal(["i686-linux"], machine.Systems));
        Assert.All(machines, static machine => Assert.Equal(machine, Assert.Single(BuildMachine.ParseAll(machine.ToString()))));
        Assert.Equal([8, 8, 1], machines.Select(static machine => machine.MaxJobs));
        Assert.Equal([1, 2, 2], machines.Select(static machine => machine.SpeedFactor));
        Assert.Equal("/home/nix/.ssh/id_scratchy_auto", machines[0].SshKey);
        Assert.Equal(["kvm"], machines[0].SupportedFeatures);
        Assert.Equal(["benchmark"], machines[2].MandatoryFeatures);
        Assert.StartsWith("c3NoLXJzYSBB", machines[2].PublicHostKey, StringComparison.Ordinal);
        Assert.Null(machines[0].PublicHostKey);
    }

    [RequiresFact(Requirements.Golden)]
    public void A_bad_line_is_named_with_its_file()
    {
        var file = GoldenData.PathOf($"{Folder}/bad_format");
        var error = Assert.Throws<NixFormatException>(() => BuildMachine.ReadFile(file));
        Assert.Equal(NixErrorCodes.InvalidMachines, error.Code);
        Assert.Contains($"Line 1 of {file} is not a build machine: 'eight' is not a number of jobs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_comments_semicolons_and_files_are_read()
    {
        var file = _folder.Write("machines", "# none\nssh-ng://c x86_64-linux,i686-linux - 4 1.5 kvm,big-parallel - # fast\n");
        var machines = BuildMachine.ParseAll($"a; ssh-ng://user@b?compress=true - - - 0\n@{file}\n@{_folder["missing"]}\nauto ; local?root=/x\n");
        Assert.Equal(
            ["ssh://a", "ssh-ng://user@b?compress=true", "ssh-ng://c", "auto", "local"],
            machines.Select(static machine => machine.Store.ToShorthand().Split("?root")[0]));
        Assert.Equal(1, machines[1].SpeedFactor);
        Assert.Equal((4, 1.5), (machines[2].MaxJobs, machines[2].SpeedFactor));
        Assert.Equal(["x86_64-linux", "i686-linux"], machines[2].Systems);
        Assert.True(machines[2].CanBuild("i686-linux", ["kvm"]));
        Assert.False(machines[2].CanBuild("i686-linux", ["uid-range"]));
        Assert.False(machines[2].CanBuild("aarch64-linux", []));
        var picky = machines[2] with { MandatoryFeatures = ["benchmark"] };
        Assert.False(picky.CanBuild("i686-linux", ["kvm"]));
        Assert.True(picky.CanBuild("i686-linux", ["benchmark", "kvm"]));
    }

    [Theory]
    [InlineData("-")]
    [InlineData("- x86_64-linux")]
    [InlineData("a - - -1")]
    [InlineData("a - - 1 fast")]
    [InlineData("a - - 1 -2")]
    [InlineData("a - - 1 1 - - !!!")]
    [InlineData("a b c 1 1 f g aGk= i")]
    [InlineData("ftp://example.org")]
    public void What_is_no_machine_is_refused(string line) =>
        Assert.Equal(NixErrorCodes.InvalidMachines, Assert.Throws<NixFormatException>(() => BuildMachine.ParseAll(line)).Code);

    [Fact]
    public void Files_that_include_each_other_come_to_an_end()
    {
        var file = _folder["machines"];
        _folder.Write("machines", $"@{file}\n");
        Assert.Equal(NixErrorCodes.InvalidMachines, Assert.Throws<NixFormatException>(() => BuildMachine.ReadFile(file)).Code);
    }
}
