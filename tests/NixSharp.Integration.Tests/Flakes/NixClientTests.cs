using NixSharp.Flakes;
using NixSharp.Processes;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Flakes;

public sealed class NixClientTests : IDisposable
{
    private const string Flake =
        """
        {
          inputs.extra = { url = "path:./extra"; flake = false; };
          outputs = { self, extra }:
            let
              make = name: script: derivation {
                inherit name;
                system = "x86_64-linux";
                builder = "${self}/busybox";
                args = [ "sh" "-c" script ];
                outputs = [ "out" "doc" ];
              };
            in {
              packages.x86_64-linux = rec {
                hello = make "hello-1.0" "echo building >&2; echo ${dep} >$out; echo docs >$doc";
                dep = make "dep" "echo dep >$out; echo >$doc";
                bad = make "bad" "echo this goes wrong; exit 3";
                slow = make "slow" "echo MARKER-MARK; while :; do ${self}/busybox sleep 1; done";
              };
              answer = { number = 42; text = "as it is\n"; };
              home = builtins.getEnv "NIXSHARP_TEST_HOME";
              extra = builtins.readFile "${extra}/file";
            };
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _marker = $"mark-{Guid.NewGuid():N}";

    private string FlakeFolder => _folder["flake"];

    private NixOptions Options => new()
    {
        Store = _folder["root"],
        WorkingFolder = FlakeFolder,
        Config = new Dictionary<string, string>
        {
            ["sandbox"] = "false",
            ["build-users-group"] = "",
            ["substituters"] = "",
            ["flake-registry"] = "",
        },
    };

    public void Dispose() => _folder.Dispose();

    [RequiresFact("nix", "busybox")]
    public async Task A_flake_is_built_to_logical_store_paths()
    {
        var results = await Client(Options).BuildAsync(["path:.#hello", "path:.#hello.doc"]);
        Assert.All(results, result => Assert.Equal("hello-1.0.drv", result.DerivationPath?.Name));
        var outputs = results.SelectMany(result => result.Outputs).ToDictionary();
        Assert.Equal(["doc", "out"], outputs.Keys.Order());
        Assert.Equal("hello-1.0", outputs["out"].Name);
        Assert.Equal("docs\n", File.ReadAllText(_folder.Path + "/root" + outputs["doc"]));
    }

    [RequiresFact("nix", "busybox")]
    public async Task Several_installables_are_built_at_once_and_linked()
    {
        var client = Client(Options);
        var results = await client.BuildAsync(["path:.#hello", "path:.#dep"], new NixBuildOptions { OutLink = _folder["link"] });
        Assert.Equal(["dep", "hello-1.0"], results.Select(result => result.Outputs["out"].Name).Order());
        Assert.NotNull(new FileInfo(_folder["link"]).LinkTarget);
    }

    [RequiresFact("nix", "busybox")]
    public async Task Path_infos_of_a_closure_have_sizes_hashes_and_references()
    {
        var client = Client(Options);
        var built = await client.BuildAsync("path:.#hello");
        var infos = await client.PathInfoAsync([built[0].Outputs["out"].ToString()], recursive: true);
        Assert.Equal(["dep", "hello-1.0"], infos.Select(info => info.Path.Name).Order());
        var hello = infos.Single(info => info.Path.Name == "hello-1.0");
        Assert.Equal("dep", Assert.Single(hello.References).Name);
        Assert.Equal(built[0].DerivationPath, hello.Deriver);
        Assert.True(hello.NarSize > 0);
    }

    [RequiresFact("nix", "busybox")]
    public async Task What_builds_print_is_reported_line_by_line()
    {
        var log = new Lines();
        await Client(Options with { Log = log }).BuildAsync("path:.#hello");
        Assert.Contains(log.All, line => line.EndsWith("building", StringComparison.Ordinal));
    }

    [RequiresFact("nix", "busybox")]
    public async Task A_failing_build_is_reported_with_the_end_of_the_log()
    {
        var exception = await Assert.ThrowsAsync<NixCommandException>(() => Client(Options).BuildAsync("path:.#bad"));
        Assert.Equal(NixErrorCodes.FlakeFailed, exception.Code);
        Assert.Contains("this goes wrong", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'nix log /nix/store/", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", exception.Message, StringComparison.Ordinal);
    }

    [RequiresFact("nix", "busybox")]
    public async Task A_missing_attribute_is_reported_with_what_to_do()
    {
        var exception = await Assert.ThrowsAsync<NixCommandException>(() => Client(Options).BuildAsync("path:.#nothing"));
        Assert.Equal(NixErrorCodes.FlakeFailed, exception.Code);
        Assert.Contains("nix flake show", exception.Message, StringComparison.Ordinal);
    }

    [RequiresFact("nix")]
    public async Task An_installable_that_looks_like_an_option_is_none()
    {
        var exception = await Assert.ThrowsAsync<NixCommandException>(() => Client(Options).EvalAsync("--version"));
        Assert.Equal(NixErrorCodes.FlakeFailed, exception.Code);
    }

    [RequiresFact("nix", "busybox")]
    public async Task Values_are_evaluated_to_json_and_to_text()
    {
        var client = Client(Options);
        Assert.Equal(42, (int)(await client.EvalAsync("path:.#answer"))["number"]!);
        Assert.Equal("as it is\n", await client.EvalRawAsync("path:.#answer.text"));
        Assert.Equal(["number", "text"], (await client.EvalAsync("path:.#answer", "builtins.attrNames")).Select(name => (string)name!));
    }

    [RequiresFact("nix")]
    public async Task Expressions_come_as_extra_arguments() =>
        Assert.Equal(3, (int)await Client(Options with { ExtraArguments = ["--expr", "1 + 2"] }).EvalAsync(null));

    [RequiresFact("nix", "busybox")]
    public async Task Only_an_impure_evaluation_sees_the_environment()
    {
        Environment.SetEnvironmentVariable("NIXSHARP_TEST_HOME", "seen");
        Assert.Equal("", await Client(Options).EvalRawAsync("path:.#home"));
        Assert.Equal("seen", await Client(Options with { Impure = true }).EvalRawAsync("path:.#home"));
    }

    [RequiresFact("nix", "busybox")]
    public async Task Inputs_can_be_taken_from_elsewhere()
    {
        _folder.Write("other/file", "other");
        var client = Client(Options with
        {
            OverrideInputs = new Dictionary<string, string> { ["extra"] = $"path:{_folder["other"]}" },
            ExtraArguments = ["--no-write-lock-file"],
        });
        Assert.Equal("other", await client.EvalRawAsync("path:.#extra"));
    }

    [RequiresFact("nix", "busybox")]
    public async Task Outputs_and_metadata_of_a_flake_are_listed()
    {
        var client = Client(Options);
        Assert.NotNull((await client.ShowFlakeAsync("path:."))["packages"]?["x86_64-linux"]?["hello"]);
        Assert.NotNull((await client.GetFlakeMetadataAsync("path:."))["locks"]);
    }

    [RequiresFact("nix", "busybox")]
    public async Task Cancelling_stops_the_build_and_its_builder()
    {
        using var cancel = new CancellationTokenSource();
        var client = Client(Options with { Log = new CancelOn(_marker, cancel) });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.BuildAsync("path:.#slow", cancellationToken: cancel.Token));
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc"), RunsMarked);
    }

    [Fact]
    public async Task Without_Nix_the_error_says_how_to_get_it()
    {
        var client = new NixClient(new NixOptions { Program = "no-such-nix" });
        var exception = await Assert.ThrowsAsync<NixProcessException>(() => client.BuildAsync(".#hello"));
        Assert.Equal(NixErrorCodes.ProgramNotFound, exception.Code);
    }

    private bool RunsMarked(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains(_marker, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private NixClient Client(NixOptions options)
    {
        _folder.Write("flake/flake.nix", Flake.Replace("MARKER-MARK", _marker, StringComparison.Ordinal));
        _folder.Write("flake/extra/file", "own");
        File.Copy(Requirements.Find("busybox") ?? "", Path.Combine(FlakeFolder, "busybox"), overwrite: true);
        return new NixClient(options);
    }

    private sealed class Lines : IProgress<string>
    {
        public List<string> All { get; } = [];

        public void Report(string value) => All.Add(value);
    }

    private sealed class CancelOn(string marker, CancellationTokenSource source) : IProgress<string>
    {
        public void Report(string value)
        {
            if (value.Contains(marker, StringComparison.Ordinal) && value.StartsWith("slow>", StringComparison.Ordinal))
            {
                source.Cancel();
            }
        }
    }
}
