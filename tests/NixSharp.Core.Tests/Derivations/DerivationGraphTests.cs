using NixSharp.Closures;
using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Derivations;

public sealed class DerivationGraphTests
{
    private static DerivationBuilder Simple { get; } = new() { Name = "simple", System = "x86_64-linux", Builder = "/bin/sh" };

    [RequiresFact(Requirements.Golden)]
    public void All_paths_of_the_field_are_recomputed()
    {
        var graph = new DerivationGraph(GoldenDerivations.Load(GoldenDerivations.Nix28));
        graph.Check();
        var seen = new HashSet<StorePath>();
        foreach (var path in graph.Paths)
        {
            Assert.Superset(graph[path].InputDerivations.Keys.ToHashSet(), seen);
            seen.Add(path);
        }

        Assert.Equal(38, seen.Count);
    }

    [Fact]
    public void A_chain_that_is_longer_than_a_stack_is_checked_and_described()
    {
        var derivations = new Dictionary<StorePath, Derivation>();
        var last = Simple.Build();
        derivations.Add(last.Path, last.Derivation);
        for (var i = 0; i < 5_000; i++)
        {
            last = (Simple with { Name = $"link-{i}" }).WithInput(last).Build();
            derivations.Add(last.Path, last.Derivation);
        }

        var graph = new DerivationGraph(derivations, [last.Path]);
        graph.Check();
        Assert.Equal(5_001, graph.Paths.Count);
        Assert.Equal(last.Hash.Value, graph.Describe(last.Path).Hash.Value);
        Assert.Equal(5_001, graph.Describe(last.Path).GetClosure().Count);
    }

    [Fact]
    public void A_path_that_does_not_follow_is_named()
    {
        var first = Simple.Build();
        var second = (Simple with { Name = "second" }).WithInput(first).Build();
        var changed = first.Derivation with { Arguments = ["changed"] };
        var graph = new DerivationGraph(new Dictionary<StorePath, Derivation> { [first.Path] = changed, [second.Path] = second.Derivation });
        var error = Assert.Throws<NixFormatException>(() => graph.Check());
        Assert.Equal(NixErrorCodes.DerivationOutputMismatch, error.Code);
        Assert.Contains("'simple'", error.Message, StringComparison.Ordinal);

        var fine = Simple.WithVariable("x", "y").Build();
        var misplaced = new DerivationGraph(new Dictionary<StorePath, Derivation> { [first.Path] = fine.Derivation });
        Assert.Contains(first.Path.ToString(), Assert.Throws<NixFormatException>(() => misplaced.Check()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_derivation_that_is_missing_is_named_with_the_one_that_needs_it()
    {
        var second = (Simple with { Name = "second" }).WithInput(Simple.Build()).Build();
        var error = Assert.Throws<NixFormatException>(() => new DerivationGraph(new Dictionary<StorePath, Derivation> { [second.Path] = second.Derivation }));
        Assert.Equal(NixErrorCodes.DerivationInputMissing, error.Code);
        Assert.Contains(Simple.Build().Path.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains(second.Path.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Derivations_that_need_each_other_are_refused()
    {
        var first = Simple.Build();
        var second = (Simple with { Name = "second" }).WithInput(first).Build();
        var circle = first.Derivation with { InputDerivations = new Dictionary<StorePath, DerivationInput> { [second.Path] = new() { Outputs = ["out"] } } };
        var derivations = new Dictionary<StorePath, Derivation> { [first.Path] = circle, [second.Path] = second.Derivation };
        Assert.Equal(NixErrorCodes.InconsistentDerivation, Assert.Throws<NixFormatException>(() => new DerivationGraph(derivations)).Code);
    }

    [Fact]
    public async Task A_graph_is_drawn_with_the_outputs_that_are_needed()
    {
        var first = (Simple with { Outputs = ["out", "dev"] }).Build();
        var second = (Simple with { Name = "second" }).WithInput(first, "dev").Build();
        var graph = new DerivationGraph(new Dictionary<StorePath, Derivation> { [first.Path] = first.Derivation, [second.Path] = second.Derivation }, [second.Path]);
        var (dot, mermaid) = (new StringWriter(), new StringWriter());
        await graph.WriteDotAsync(dot);
        await graph.WriteMermaidAsync(mermaid);
        Assert.Equal(
            $"digraph derivations {{\n  rankdir = LR; node [shape = box];\n  \"{first.Path.BaseName}\" [label = \"simple\\ndev out\"];\n  \"{second.Path.BaseName}\" [label = \"second\\nout\", style = bold];\n  \"{second.Path.BaseName}\" -> \"{first.Path.BaseName}\" [label = \"dev\"];\n}}\n",
            dot.ToString());
        Assert.Equal("flowchart LR\n  p0[\"simple<br/>dev out\"]\n  p1[\"second<br/>out\"]\n  p1 -->|\"dev\"| p0\n", mermaid.ToString());
    }
}
