using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

public sealed class ToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Store => _folder["store"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("path-info")]
    [InlineData("bogus")]
    [InlineData("closure graph")]
    [InlineData("closure graph --format pdf x")]
    [InlineData("image build x")]
    [InlineData("image push x")]
    [InlineData("image build x -o oci:y --env NOVALUE")]
    [InlineData("image sign x")]
    [InlineData("image sign x --key k --predicate p")]
    [InlineData("nar hash --type crc32 .")]
    [InlineData("drv build")]
    [InlineData("drv build x --check --repair")]
    [InlineData("drv build x --max-jobs 0")]
    public async Task A_command_line_that_cannot_be_read_exits_with_2_and_points_to_help(string line)
    {
        var result = await NixSharpProgram.TryRunAsync(line.Split(' '));
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("--help", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("store add {0}/missing", "NIXS1008")]
    [InlineData("store add {0}/file --name a/b", "NIXS1003")]
    [InlineData("store add {0}/file --store {0}/file", "NIXS2002")]
    [InlineData("store add {0}/file --store ftp://example.org", "NIXS2001")]
    [InlineData("path-info /nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo --store {0}/store", "NIXS2003")]
    [InlineData("path-info /somewhere/else --store {0}/store", "NIXS1002")]
    [InlineData("drv build /nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo.drv --quiet --store {0}/store", "NIXS2068")]
    [InlineData("drv build /nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo.drv^ --store {0}/store", "NIXS1")]
    [InlineData("nar ls {0}/file", "NIXS1006")]
    [InlineData("nar unpack {0}/file {0}/file", "NIXS2006")]
    [InlineData("image push oci:{0}/missing localhost:1/x:1", "NIXS4003")]
    [InlineData("image push oci:{0}/missing localhost:1/UPPER", "NIXS4101")]
    [InlineData("volume delete {0}", "NIXS3")]
    public async Task A_failure_exits_with_1_and_one_coded_message(string line, string code)
    {
        _folder.Write("file", "no archive");
        var result = await NixSharpProgram.TryRunAsync(line.Replace("{0}", _folder.Path, StringComparison.Ordinal).Split(' '));
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains($"error: {code}", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal("no archive", await File.ReadAllTextAsync(_folder["file"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("store add")]
    [InlineData("path-info")]
    [InlineData("closure graph")]
    [InlineData("drv show")]
    [InlineData("drv path")]
    [InlineData("drv add")]
    [InlineData("drv graph")]
    [InlineData("drv build")]
    [InlineData("nar dump")]
    [InlineData("nar hash")]
    [InlineData("nar ls")]
    [InlineData("nar cat")]
    [InlineData("nar unpack")]
    [InlineData("volume create")]
    [InlineData("volume delete")]
    [InlineData("volume list")]
    [InlineData("volume mount")]
    [InlineData("volume unmount")]
    [InlineData("image build")]
    [InlineData("image push")]
    [InlineData("image sbom")]
    [InlineData("image provenance")]
    [InlineData("image sign")]
    [InlineData("image verify")]
    [InlineData("image referrers")]
    [InlineData("image generate-key")]
    [InlineData("disk inspect")]
    [InlineData("disk ls")]
    [InlineData("disk cat")]
    [InlineData("disk formats")]
    [InlineData("disk decompress")]
    [InlineData("disk write")]
    [InlineData("disk resize")]
    [InlineData("disk convert")]
    [InlineData("disk mount")]
    [InlineData("disk unmount")]
    [InlineData("build")]
    [InlineData("key generate")]
    [InlineData("key public")]
    [InlineData("sign")]
    [InlineData("store sign")]
    [InlineData("serve")]
    public async Task Every_command_has_help_on_standard_output(string command)
    {
        var help = await NixSharpProgram.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Contains("Usage:", help, StringComparison.Ordinal);
        Assert.Contains("--store", help, StringComparison.Ordinal);
    }

    [RequiresFact("nix-store")]
    public async Task Results_are_on_standard_output_and_progress_on_standard_error()
    {
        var source = _folder.Write("in/hello.txt", "hello\n");
        var result = await NixSharpProgram.TryRunAsync("store", "add", source, "--store", Store);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(await RealNix.RunAsync(_folder["nix"], "nix-store", "--add", source), result.Output);
        Assert.Contains("hashing", result.Error, StringComparison.Ordinal);
        Assert.Empty((await NixSharpProgram.TryRunAsync("store", "add", source, "--store", Store, "--quiet")).Error);
    }

    [RequiresFact("nix")]
    public async Task Path_info_agrees_with_nix()
    {
        var path = (await NixSharpProgram.RunAsync("store", "add", _folder.Write("in/hello.txt", "hello\n"), "--store", Store)).Trim();
        Assert.Equal(
            await RealNix.RunAsync(Store, "nix", "path-info", "--recursive", "--size", path) is var theirs ? Regex.Replace(theirs, @"[ \t]+", "\t") : "",
            await NixSharpProgram.RunAsync("path-info", "-r", "-s", path, "--store", Store));

        var ours = JObject.Parse(await NixSharpProgram.RunAsync("path-info", "--json", path, "--store", Store))[path]!;
        var nix = JArray.Parse(await RealNix.RunAsync(Store, "nix", "path-info", "--json", path))[0];
        foreach (var field in (string[])["narSize", "references", "ca", "registrationTime"])
        {
            Assert.True(JToken.DeepEquals(nix[field], ours[field]), $"{field}: {nix[field]} and {ours[field]}");
        }
    }

    [RequiresFact("nix")]
    public async Task Nar_commands_agree_with_nix()
    {
        _folder.Write("tree/a/b", "contents\n");
        File.CreateSymbolicLink(_folder["tree/link"], "a");
        Assert.Equal(
            await CommandLine.RunAsync("nix", "--extra-experimental-features", "nix-command", "hash", "path", _folder["tree"]),
            await NixSharpProgram.RunAsync("nar", "hash", _folder["tree"], "--quiet"));
        await CommandLine.RunAsync("sh", "-c", $"nix-store --dump '{_folder["tree"]}' > '{_folder["tree.nar"]}'");
        Assert.Equal(
            JToken.Parse(await CommandLine.RunAsync("nix", "--extra-experimental-features", "nix-command", "nar", "ls", "--json", "-R", _folder["tree.nar"], "/")),
            JToken.Parse(await NixSharpProgram.RunAsync("nar", "ls", "--json", _folder["tree.nar"])),
            JToken.EqualityComparer);
        await NixSharpProgram.RunAsync("nar", "unpack", _folder["tree.nar"], _folder["again"]);
        Assert.Equal("contents\n", await File.ReadAllTextAsync(_folder["again/a/b"]));
        Assert.Equal("a", new FileInfo(_folder["again/link"]).LinkTarget);
    }

    [RequiresFact("script")]
    public async Task On_a_terminal_the_result_comes_through_beside_the_progress_bars()
    {
        _folder.Write("tree/file", new string('x', 1_000_000));
        var result = await CommandLine.TryRunAsync("script", "-qec", $"dotnet '{NixSharpProgram.Assembly}' nar hash '{_folder["tree"]}'", "/dev/null");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("sha256-", result.Output, StringComparison.Ordinal);
    }
}
