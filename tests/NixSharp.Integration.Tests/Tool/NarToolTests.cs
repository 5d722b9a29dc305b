using Newtonsoft.Json.Linq;
using NixSharp.Nar;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

public sealed class NarToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_NAR_of_Nix_is_listed_and_single_files_are_taken_out_as_Nix_does_it(NixRelease nix)
    {
        _folder.Write("tree/a/file", "contents\n");
        _folder.Write("tree/b", new string('b', 100_000));
        File.CreateSymbolicLink(_folder["tree/link"], "a/file");
        var nar = _folder["tree.nar"];
        var dumped = await CommandLine.TryRunAsync(new CommandLineOptions(), "sh", "-c", $"'{nix.PathOf("nix-store")}' --dump '{_folder["tree"]}' > '{nar}'");
        Assert.True(dumped.ExitCode == 0, dumped.Error);

        var expected = JObject.Parse(await RunNixAsync(nix, "nar", "ls", "--json", "--recursive", nar, "/"));
        var listed = await NixSharpProgram.RunAsync("nar", "ls", "--json", nar);
        Assert.True(JToken.DeepEquals(NarListing.Write(NarListing.Parse(expected).Root), JToken.Parse(listed)), $"{expected}\n{listed}");
        Assert.Equal(await RunNixAsync(nix, "nar", "cat", nar, "/a/file"), await NixSharpProgram.RunAsync("nar", "cat", nar, "a/file"));
        Assert.EndsWith(" ./a/file\n", await NixSharpProgram.RunAsync("nar", "ls", nar, "a/file"), StringComparison.Ordinal);

        var listing = _folder.Write("tree.ls", expected.ToString());
        Assert.Equal("contents\n", await NixSharpProgram.RunAsync("nar", "cat", nar, "a/file", "--listing", listing));
        await NixSharpProgram.RunAsync("nar", "unpack", nar, _folder["a"], "--path", "a");
        Assert.Equal("contents\n", await File.ReadAllTextAsync(_folder["a/file"]));
        await NixSharpProgram.RunAsync("nar", "unpack", nar, _folder["all"]);
        Assert.Equal(await NixSharpProgram.RunAsync("nar", "hash", _folder["tree"]), await NixSharpProgram.RunAsync("nar", "hash", _folder["all"]));

        var refused = await NixSharpProgram.TryRunAsync("nar", "cat", nar, "a");
        Assert.Contains($"error: NIXS1019: {nar}: ", refused.Error, StringComparison.Ordinal);
    }

    private static async Task<string> RunNixAsync(NixRelease nix, params string[] arguments)
    {
        var result = await CommandLine.TryRunAsync(new CommandLineOptions { Environment = new Dictionary<string, string> { ["NIX_CONFIG"] = RealNix.Configuration } }, nix.PathOf("nix"), arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }
}
