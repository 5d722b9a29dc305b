using Newtonsoft.Json.Linq;
using NixSharp.Building;
using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Building;

public sealed class BuildPiecesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Both are what a builder finds in $out and $dev when Nix 2.8 builds that derivation.
    [Theory]
    [InlineData("out", "7i29mx7dbb45nq2pcrv1crcycvr27n35-ca")]
    [InlineData("dev", "kzzk6c259jr50sp2mpl8nlzh66nqilww-ca-dev")]
    public void Outputs_without_a_known_path_are_built_where_Nix_builds_them(string output, string expected)
    {
        var derivation = StorePath.Parse("/nix/store/mwhf523mrjd342kji4kv4rh315lk6fp8-ca.drv");
        Assert.Equal(expected, StorePath.ForScratch(derivation, Derivation.OutputPathName("ca", output), output).BaseName);
    }

    [Theory]
    [InlineData("""{"a": "it's"}""", "declare a='it'\\''s'\n")]
    [InlineData("""{"a": 2.0, "b": 1.5, "c": 123456789012}""", "declare a=2\ndeclare c=123456789012\n")]
    [InlineData("""{"a": true, "b": false, "c": null}""", "declare a=1\ndeclare b=\ndeclare c=''\n")]
    [InlineData("""{"list": ["x", 1], "nested": [[1]], "none": []}""", "declare -a list=('x' 1 )\ndeclare -a none=()\n")]
    [InlineData("""{"map": {"b": 1, "a": "x"}, "deep": {"a": {}}}""", "declare -A map=(['a']='x' ['b']=1 )\n")]
    [InlineData("""{"1a": 1, "a-b": 1, "": 1, "_": 1}""", "declare _=1\n")]
    public void Structured_attributes_become_what_a_shell_can_hold(string json, string expected) =>
        Assert.Equal(expected, AttributeFiles.ToShell(JObject.Parse(json)));

    [Fact]
    public void Each_way_to_fail_has_a_code_and_what_follows_from_another_failure_comes_last()
    {
        BuildResult Result(BuildStatus status) => new() { Path = DerivedPath.Of(StorePath.Parse("/nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo")), Status = status, ErrorMessage = $"{status}" };
        foreach (var status in Enum.GetValues<BuildStatus>().Where(status => !Result(status).IsSuccess))
        {
            Assert.Matches("^NIXS206[0-9]$", Assert.Throws<NixStoreException>(() => ((BuildResult[])[Result(status)]).ThrowIfFailed()).Code);
        }

        var error = Assert.Throws<NixStoreException>(() => ((BuildResult[])[Result(BuildStatus.Cancelled), Result(BuildStatus.DependencyFailed), Result(BuildStatus.HashMismatch), Result(BuildStatus.Built)]).ThrowIfFailed());
        Assert.Equal(NixErrorCodes.HashMismatch, error.Code);
        Assert.Contains("2 more failed", error.Message, StringComparison.Ordinal);
        Array.Empty<BuildResult>().ThrowIfFailed();
    }

    [RequiresFact("sh")]
    public async Task The_starter_runs_a_program_under_another_name_and_leaves_no_trace()
    {
        if (!ProgramStarter.IsAvailable)
        {
            return;
        }

        ProgramStarter.Write(_folder["starter"]);
        Assert.Equal("another two\n", await CommandLine.RunAsync(_folder["starter"], "/bin/sh", "another", "-c", "echo $0 $2", "another", "one", "two"));
        Assert.False(File.Exists(_folder["starter"]));
    }

    [Fact]
    public void The_filter_is_one_the_kernel_can_read()
    {
        var filter = SystemCallFilter.Make();
        Assert.Equal(0, filter.Length % 8);
        for (var at = 0; at < filter.Length; at += 8)
        {
            // No jump leads beyond the end, and the end is a return.
            Assert.InRange((at / 8) + 1 + Math.Max(filter[at + 2], filter[at + 3]), 0, filter[at] == 0x06 ? int.MaxValue : (filter.Length / 8) - 1);
        }

        Assert.True(filter.Length == 0 || filter[^8] == 0x06);
    }

    [Theory]
    [InlineData("ab\n")]
    [InlineData("")]
    public async Task A_log_is_read_as_it_was_written(string text)
    {
        await using var store = LocalStore.Open(_folder["store"]);
        var derivation = StorePath.Parse("/nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo.drv");
        Assert.Null(await store.OpenBuildLogAsync(derivation));
        await store.AddBuildLogAsync(derivation, new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)));
        Assert.Equal([_folder["store/nix/var/log/nix/drvs/g1/w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo.drv.bz2"]], Directory.EnumerateFiles(_folder["store/nix/var/log/nix/drvs/g1"]));
        using var reader = new StreamReader((await store.OpenBuildLogAsync(derivation))!);
        Assert.Equal(text, await reader.ReadToEndAsync());

        // What is the same over and over would take bzip2 very long.
        var same = string.Concat(Enumerable.Repeat("y\n", 1_000_000));
        await store.AddBuildLogAsync(derivation, new MemoryStream(System.Text.Encoding.UTF8.GetBytes(same)));
        Assert.Equal([_folder["store/nix/var/log/nix/drvs/g1/w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo.drv"]], Directory.EnumerateFiles(_folder["store/nix/var/log/nix/drvs/g1"]));
        using var repeated = new StreamReader((await store.OpenBuildLogAsync(derivation))!);
        Assert.Equal(same, await repeated.ReadToEndAsync());

        await File.WriteAllTextAsync(_folder["store/nix/var/log/nix/drvs/g1/w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-plain.drv"], "plain");
        using var plain = new StreamReader((await store.OpenBuildLogAsync(StorePath.Parse("/nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-plain.drv")))!);
        Assert.Equal("plain", await plain.ReadToEndAsync());
    }
}
