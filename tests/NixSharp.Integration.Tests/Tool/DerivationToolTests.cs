using Newtonsoft.Json.Linq;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

public sealed class DerivationToolTests : IDisposable
{
    private const string Expression =
        """let make = a: derivation ({ system = "x86_64-linux"; builder = "/bin/sh"; } // a); in make { name = "top"; outputs = [ "out" "dev" ]; dep = make { name = "dep"; }; }""";

    private readonly TemporaryFolder _folder = new();

    private string Theirs => _folder["theirs"];

    private string Ours => _folder["ours"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Derivations_are_shown_as_that_release_of_Nix_shows_them_and_added_from_its_JSON(NixRelease nix)
    {
        var top = await InstantiateAsync(nix);
        string[] show = nix == NixRelease.Machine ? ["show-derivation"] : ["derivation", "show"];
        var expected = await RealNix.RunAsync(nix, Theirs, "nix", [.. show, "--recursive", top]);
        var shown = await NixSharpProgram.RunAsync("drv", "show", "-r", top, "--store", Theirs, "--layout", nix == NixRelease.Machine ? "2.3" : "2.23");
        Assert.True(JToken.DeepEquals(JToken.Parse(expected), JToken.Parse(shown)), shown);
        Assert.Single(JObject.Parse(await NixSharpProgram.RunAsync("drv", "show", top, "--store", Theirs))["derivations"]!);

        var added = await NixSharpProgram.RunAsync("drv", "add", _folder.Write("all.json", expected), "--store", Ours);
        Assert.Equal(2, added.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains(top, added, StringComparison.Ordinal);
        Assert.Equal(await RealNix.RunAsync(nix, Theirs, "nix-store", "--query", "--requisites", top), await RealNix.RunAsync(nix, Ours, "nix-store", "--query", "--requisites", top));
    }

    [RequiresFact("nix")]
    public async Task A_file_is_added_once_what_it_needs_is_there_and_its_paths_are_printed_and_checked()
    {
        var top = await InstantiateAsync(NixRelease.Machine);
        var file = Theirs + top;
        var refused = await NixSharpProgram.TryRunAsync("drv", "add", file, "--store", Ours);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("NIXS", refused.Error, StringComparison.Ordinal);

        var dependency = Directory.GetFiles(Path.GetDirectoryName(file)!, "*-dep.drv").Single();
        await NixSharpProgram.RunAsync("drv", "add", dependency, "--store", Ours);
        Assert.Equal($"{top}\n", await NixSharpProgram.RunAsync("drv", "add", file, "--store", Ours));

        var outputs = (await RealNix.RunAsync(Theirs, "nix-store", "--query", "--outputs", top)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);
        var printed = JArray.Parse(await NixSharpProgram.RunAsync("drv", "path", "--check", "--json", file, "--store", Ours)).Single();
        Assert.Equal(top, printed["drvPath"]);
        Assert.Equal(outputs, printed["outputs"]!.Children<JProperty>().Select(static output => (string?)output.Value).Order(StringComparer.Ordinal));
        var text = await NixSharpProgram.RunAsync("drv", "path", file);
        Assert.StartsWith($"{top}\n  dev /nix/store/", text, StringComparison.Ordinal);

        var wrong = _folder.Write("top.drv", File.ReadAllText(file).Replace("/bin/sh", "/bin/zsh", StringComparison.Ordinal));
        var checkedAgain = await NixSharpProgram.TryRunAsync("drv", "path", "--check", wrong, "--store", Ours);
        Assert.Contains("NIXS1013", checkedAgain.Error, StringComparison.Ordinal);
    }

    [RequiresFact("nix")]
    public async Task Derivations_are_drawn()
    {
        var top = await InstantiateAsync(NixRelease.Machine);
        var dot = await NixSharpProgram.RunAsync("drv", "graph", top, "--store", Theirs);
        Assert.Contains($"\"{Path.GetFileName(top)}\" -> \"", dot, StringComparison.Ordinal);
        Assert.StartsWith("flowchart LR\n  p0[\"dep<br/>out\"]\n", await NixSharpProgram.RunAsync("drv", "graph", "--format", "mermaid", Theirs + top, "--store", Theirs), StringComparison.Ordinal);
    }

    private async Task<string> InstantiateAsync(NixRelease nix) =>
        (await RealNix.RunAsync(nix, Theirs, "nix-instantiate", _folder.Write("default.nix", Expression))).Trim();
}
