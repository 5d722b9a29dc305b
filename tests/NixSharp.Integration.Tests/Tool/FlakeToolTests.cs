using Newtonsoft.Json.Linq;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

public sealed class FlakeToolTests : IDisposable
{
    private const string Flake =
        """
        {
          outputs = { self }: {
            answer = 42;
            packages.x86_64-linux.hello = derivation {
              name = "hello-1.0"; system = "x86_64-linux"; builder = "${self}/busybox"; args = [ "sh" "-c" "echo hello >$out" ];
            };
            checks.x86_64-linux.bad =
              { a = 1; }.b;
          };
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public FlakeToolTests()
    {
        _folder.Write("app/flake.nix", Flake);
        if (Requirements.Find("busybox") is { } busybox)
        {
            File.Copy(busybox, _folder["app/busybox"]);
        }
    }

    private string App => $"path:{_folder["app"]}";

    public void Dispose() => _folder.Dispose();

    [RequiresFact("nix", "busybox")]
    public async Task All_outputs_are_built_and_what_fails_is_told_after_the_table()
    {
        var result = await NixSharpProgram.TryRunAsync("flake", "build", App, "--store", _folder["store"], "--upload", $"file://{_folder["cache"]}", "-q");
        Assert.Equal(1, result.ExitCode);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("output ", lines[0], StringComparison.Ordinal);
        Assert.Matches("^checks.x86_64-linux.bad +evaluation failed$", lines[1]);
        Assert.Matches("^packages.x86_64-linux.hello +built +[0-9.]+ s  /nix/store/[0-9a-z]{32}-hello-1.0$", lines[2]);
        Assert.Contains("error: NIXS5019: 1 of 2 outputs", result.Error, StringComparison.Ordinal);

        var json = JArray.Parse(await NixSharpProgram.RunAsync(
            "flake", "build", App, "--section", "packages", "--cache", $"file://{_folder["cache"]}", "--store", _folder["store"], "-q", "--json"));
        Assert.Equal("Cached", (string)Assert.Single(json)["status"]!);
    }

    [RequiresFact("nix")]
    public async Task A_matrix_has_a_job_for_each_output()
    {
        var json = JObject.Parse(await NixSharpProgram.RunAsync("flake", "matrix", App, "--runner", "x86_64-linux=big", "--store", _folder["store"], "-q"));
        Assert.Equal(
            ["checks.x86_64-linux.bad x86_64-linux big", "packages.x86_64-linux.hello x86_64-linux big"],
            json["include"]!.Select(static job => $"{job["attribute"]} {job["system"]} {job["os"]}"));
    }

    [RequiresFact("nix")]
    public async Task Values_and_metadata_are_printed_as_JSON()
    {
        Assert.Equal("42\n", await NixSharpProgram.RunAsync("eval", App + "#answer", "--store", _folder["store"], "-q"));
        Assert.Equal("43", await NixSharpProgram.RunAsync("eval", App + "#answer", "--apply", "x: toString (x + 1)", "--raw", "--store", _folder["store"], "-q"));
        var metadata = JObject.Parse(await NixSharpProgram.RunAsync("flake", "metadata", App, "--store", _folder["store"], "-q"));
        Assert.Equal(_folder["app"], (string)metadata["resolved"]!["path"]!);
    }

    [RequiresFact("nix", "busybox")]
    public async Task An_app_is_run_with_its_arguments_and_a_log_is_shown_again()
    {
        _folder.Write(
            "app/flake.nix",
            """
            {
              outputs = { self }: {
                packages.x86_64-linux.say = derivation {
                  name = "say"; system = "x86_64-linux"; builder = "${self}/busybox";
                  args = [ "sh" "-euc" "${self}/busybox mkdir -p $out/bin; printf '#!${self}/busybox sh\necho \"$@\"\n' >$out/bin/say; ${self}/busybox chmod +x $out/bin/say" ];
                };
                packages.x86_64-linux.loud = derivation {
                  name = "loud"; system = "x86_64-linux"; builder = "${self}/busybox"; args = [ "sh" "-c" "echo very loud; echo >$out" ];
                };
              };
            }
            """);
        Assert.Equal("--help me\n", await NixSharpProgram.RunAsync("flake", "run", App + "#say", "--store", _folder["store"], "-q", "--", "--help", "me"));
        await NixSharpProgram.RunAsync("build", App + "#loud", "--store", _folder["store"], "-q");
        Assert.Equal("very loud\n", await NixSharpProgram.RunAsync("flake", "log", App + "#loud", "--store", _folder["store"], "-q"));
    }

    [RequiresFact("nix", "busybox")]
    public async Task What_nix_does_is_told_line_by_line_where_there_is_no_terminal()
    {
        var result = await NixSharpProgram.TryRunAsync("build", App + "#hello", "--store", _folder["store"]);
        Assert.Contains("building '/nix/store/", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("@nix", result.Error, StringComparison.Ordinal);
        Assert.Matches("^/nix/store/[0-9a-z]{32}-hello-1.0\n$", result.Output);
    }
}
