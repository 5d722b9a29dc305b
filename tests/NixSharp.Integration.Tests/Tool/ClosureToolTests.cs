using NixSharp.Integration.Tests.Copying;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

public sealed class ClosureToolTests : IDisposable
{
    private readonly CopyLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Closures_are_drawn_as_Nix_draws_them(NixRelease nix)
    {
        var top = await _lab.FillAsync(texts: 12, largest: 1000);
        var derivation = (await RealNix.RunAsync(
            nix,
            _lab.Source,
            "nix-instantiate",
            "--expr",
            """let make = a: derivation ({ system = "x"; builder = "/bin/sh"; } // a); in make { name = "a-b"; dep = make { name = "dep"; }; text = builtins.toFile "text" ""; }""")).Trim();
        string[] paths = [.. ((string[])[top.ToString(), derivation]).Order(StringComparer.Ordinal)];
        foreach (var (theirs, ours) in ((string, string)[])[("--tree", "tree"), ("--graph", "nix-dot"), ("--graphml", "graphml")])
        {
            // In GraphML, later releases call the type of sizes by another name.
            var expected = await RealNix.RunAsync(nix, _lab.Source, "nix-store", ["--query", theirs, .. paths]);
            Assert.Equal(
                nix == NixRelease.Machine ? expected : expected.Replace("attr.name='narSize' attr.type='long'", "attr.name='narSize' attr.type='int'", StringComparison.Ordinal),
                await NixSharpProgram.RunAsync(["closure", "graph", "--format", ours, "--store", _lab.Source, .. paths]));
        }
    }
}
