using NixSharp.Flakes.Logs;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Flakes;

public sealed class NixLogTranslatorTests
{
    private readonly List<string> _lines = [];

    [RequiresFact(Requirements.Golden)]
    public void Lines_of_a_build_have_its_name_before_them()
    {
        Translate(File.ReadLines(GoldenData.PathOf("generated-nix-2.8.0/internal-json/nix-build-phases.stderr")));
        Assert.Contains("phases> step 4", _lines);
        Assert.Contains(_lines, static line => line.StartsWith("building '/nix/store/", StringComparison.Ordinal));
        Assert.DoesNotContain(_lines, static line => line.Contains("@nix", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_no_log_line_is_passed_on_and_counts_as_a_complaint()
    {
        var translator = Translate(["error: the old way", "@nix no json"]);
        Assert.Equal(["error: the old way", "@nix no json"], _lines);
        Assert.Equal(_lines, translator.Complaints);
        Assert.Empty(translator.Errors);
    }

    [Theory]
    [InlineData("""{"action":"msg","level":0,"line":4,"column":9,"file":"/nix/store/rzr1240rgx92afardcwilafx48r07bls-source/flake.nix","msg":"\u001b[31;1merror:\u001b[0m attribute 'd' missing\n\n at FILE","raw_msg":"attribute '\u001b[35;1md\u001b[0m' missing"}""")]
    [InlineData("""{"action":"msg","level":0,"line":4,"column":9,"file":"/nix/store/rzr1240rgx92afardcwilafx48r07bls-source/flake.nix:4:9","msg":"error: attribute 'd' missing","raw_msg":"attribute 'd' missing"}""")]
    [InlineData("""{"action":"msg","level":0,"line":null,"column":null,"file":null,"msg":"error:\n  … while calling\n    at /nix/store/rzr1240rgx92afardcwilafx48r07bls-source/flake.nix:1:1:\n  … while\n    at /nix/store/rzr1240rgx92afardcwilafx48r07bls-source/flake.nix:4:9:\n","raw_msg":"attribute 'd' missing"}""")]
    public void An_error_has_the_place_in_the_flake_that_was_copied(string json)
    {
        using var folder = new TemporaryFolder();
        folder.Write("flake.nix", "");
        var error = Assert.Single(Translate(["@nix " + json], folder.Path).Errors);
        Assert.Equal("attribute 'd' missing", error.Message);
        Assert.Equal(new NixPosition(folder["flake.nix"], 4, 9), error.Position);
    }

    [Fact]
    public void A_file_that_the_flake_does_not_have_is_named_as_Nix_names_it()
    {
        using var folder = new TemporaryFolder();
        const string file = "/nix/store/rzr1240rgx92afardcwilafx48r07bls-source/lib/x.nix";
        var error = Assert.Single(Translate([$$"""@nix {"action":"msg","level":0,"line":1,"column":2,"file":"{{file}}","msg":"error: x","raw_msg":"x"}"""], folder.Path).Errors);
        Assert.Equal(file + ":1:2", error.Position!.ToString());
    }

    [RequiresFact(Requirements.Golden)]
    public void A_trace_leads_from_the_error_outwards()
    {
        var error = Translate(File.ReadLines(GoldenData.PathOf("generated-nix-2.8.0/internal-json/nix-eval-error.stderr"))).Errors;
        Assert.NotEmpty(error);
        Assert.DoesNotContain('\u001b', error[0].FullText);
    }

    [Fact]
    public void Traces_that_an_expression_prints_are_no_errors()
    {
        var translator = Translate(["""@nix {"action":"msg","level":0,"msg":"trace: hello"}"""]);
        Assert.Equal(["trace: hello"], _lines);
        Assert.Empty(translator.Errors);
    }

    [Fact]
    public void A_warning_is_shown_but_is_not_why_Nix_failed()
    {
        var translator = Translate(["""@nix {"action":"msg","level":1,"msg":"warning: unable to download 'https://cache.example.org/nix-cache-info': timed out"}"""]);
        Assert.Single(_lines);
        Assert.Empty(translator.Complaints);
    }

    private NixLogTranslator Translate(IEnumerable<string> lines, params IReadOnlyList<string> flakes)
    {
        var translator = new NixLogTranslator(new Collector(_lines), new NixActivities(), flakes);
        foreach (var line in lines)
        {
            translator.Report(line);
        }

        return translator;
    }

    private sealed class Collector(List<string> lines) : IProgress<string>
    {
        public void Report(string value) => lines.Add(value);
    }
}
