using NixSharp.Flakes;
using NixSharp.Flakes.Logs;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Flakes;

public sealed class NixDiagnosticsTests : IDisposable
{
    private const string Flake =
        """
        {
          outputs = { self }:
            let f = x: x.missing;
            in {
              inThisFile = { a = 1; }.b;
              inAnother = (import ./lib/other.nix) 1;
              deep = f { };
              thrown = throw "no luck today";
              fails = derivation {
                name = "fails-1.0";
                system = "x86_64-linux";
                builder = "${self}/busybox";
                args = [ "sh" "-c" "echo first; echo second >&2; exit 3" ];
              };
            };
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public NixDiagnosticsTests()
    {
        _folder.Write("app/flake.nix", Flake);
        _folder.Write("app/lib/other.nix", "x:\n  x + nothing\n");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_failing_evaluation_is_reported_with_file_and_line_of_the_flake(NixRelease nix)
    {
        var error = Assert.Single(await FailAsync(nix, "inThisFile"));
        Assert.Equal("attribute 'b' missing", error.Message);
        Assert.Equal((_folder["app/flake.nix"], 5), (error.Position!.File, error.Position.Line));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task So_is_one_that_fails_in_a_file_that_the_flake_imports(NixRelease nix)
    {
        var error = Assert.Single(await FailAsync(nix, "inAnother"));
        Assert.Equal("undefined variable 'nothing'", error.Message);
        Assert.Equal((_folder["app/lib/other.nix"], 2, 7), (error.Position!.File, error.Position.Line, error.Position.Column));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task With_a_trace_the_way_there_comes_as_data(NixRelease nix)
    {
        var error = Assert.Single(await FailAsync(nix, "deep", static options => options with { ShowTrace = true }));
        Assert.Equal((_folder["app/flake.nix"], 3), (error.Position!.File, error.Position.Line));
        Assert.Contains(error.Trace, static entry => entry is { Text: "from call site", Position.Line: 7 });
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_was_thrown_is_the_message(NixRelease nix) =>
        Assert.Equal("no luck today", Assert.Single(await FailAsync(nix, "thrown")).Message);

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_failing_build_is_seen_in_the_activities_and_in_the_lines(NixRelease nix)
    {
        File.Copy(Requirements.Find("busybox")!, _folder["app/busybox"]);
        var activities = new NixActivities();
        var lines = new List<string>();
        var client = new NixClient(Options(nix) with { Activities = activities, Log = new Collector(lines) });
        var error = await Assert.ThrowsAsync<NixCommandException>(() => client.BuildAsync(Installable("fails")));
        Assert.Contains("fails-1.0> first", lines);
        Assert.Contains("fails-1.0> second", error.ErrorTail);
        Assert.Contains("'nix log /nix/store/", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, activities.Builds.Failed);
        Assert.Empty(activities.GetRunning());
        Assert.Equal(error.Diagnostics, activities.Diagnostics.Where(static one => one.Level == NixLogLevel.Error));
    }

    private string Installable(string attribute) => $"path:{_folder["app"]}#{attribute}";

    private async Task<IReadOnlyList<NixDiagnostic>> FailAsync(NixRelease nix, string attribute, Func<NixOptions, NixOptions>? change = null)
    {
        var client = new NixClient(change is null ? Options(nix) : change(Options(nix)));
        return (await Assert.ThrowsAsync<NixCommandException>(() => client.EvalAsync(Installable(attribute)))).Diagnostics;
    }

    private NixOptions Options(NixRelease nix) => new()
    {
        Program = nix.PathOf("nix"),
        Store = _folder["store"],
        Config = new Dictionary<string, string> { ["substituters"] = "", ["flake-registry"] = "", ["sandbox"] = "false", ["build-users-group"] = "" },
    };

    private sealed class Collector(List<string> lines) : IProgress<string>
    {
        public void Report(string value) => lines.Add(value);
    }
}
