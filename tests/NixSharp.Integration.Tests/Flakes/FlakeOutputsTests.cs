using NixSharp.Flakes;
using NixSharp.Flakes.Outputs;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Flakes;

public sealed class FlakeOutputsTests : IDisposable
{
    private const string Flake =
        """
        {
          outputs = { self }:
            let
              make = system: name: script: derivation {
                inherit name system;
                builder = "${self}/busybox";
                args = [ "sh" "-c" script ];
              };
            in {
              packages.x86_64-linux = {
                hello = make "x86_64-linux" "hello-1.0" "echo hello >$out";
                "with.dot" = make "x86_64-linux" "dotted" "echo dot >$out";
              };
              packages.aarch64-linux.hello = make "aarch64-linux" "hello-1.0" "echo hello >$out";
              checks.x86_64-linux = {
                same = self.packages.x86_64-linux.hello;
                fails = make "x86_64-linux" "fails" "echo it fails; exit 1";
                missing = { a = 1; }.b;
              };
            };
        }
        """;

    private static readonly FlakeOutputsOptions ThisSystem = new() { Systems = ["x86_64-linux"] };

    private readonly TemporaryFolder _folder = new();

    public FlakeOutputsTests()
    {
        _folder.Write("app/flake.nix", Flake);
        if (Requirements.Find("busybox") is { } busybox)
        {
            File.Copy(busybox, _folder["app/busybox"]);
        }
    }

    private string App => $"path:{_folder["app"]}";

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Outputs_are_listed_without_being_evaluated(NixRelease nix)
    {
        var names = await FlakeOutputs.ListAsync(Client(nix), App);
        Assert.Equal(
            [
                "checks.x86_64-linux.fails",
                "checks.x86_64-linux.missing",
                "checks.x86_64-linux.same",
                "packages.aarch64-linux.hello",
                "packages.x86_64-linux.\"with.dot\"",
                "packages.x86_64-linux.hello",
            ],
            names.Select(static name => name.Attribute));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_section_that_the_flake_lacks_is_passed_over(NixRelease nix) =>
        Assert.Empty(await FlakeOutputs.ListAsync(Client(nix), App, new FlakeOutputsOptions { Sections = ["hydraJobs"] }));

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_fails_is_told_and_all_else_is_built_once_and_uploaded(NixRelease nix)
    {
        var client = Client(nix);
        var evaluation = await FlakeOutputs.EvaluateAsync(client, App, ThisSystem);
        Assert.Equal("checks.x86_64-linux.missing", Assert.Single(evaluation.Failures).Attribute);
        Assert.Equal(4, evaluation.Outputs.Count);

        var cache = $"file://{_folder["cache"]}";
        await using var store = await NixStore.OpenAsync($"local?root={_folder["store"]}");
        var report = await FlakeBuild.RunAsync(client, evaluation, new FlakeBuildOptions { Store = store, UploadTo = cache });
        Assert.Equal(
            [
                ("checks.x86_64-linux.fails", FlakeBuildStatus.BuildFailed),
                ("checks.x86_64-linux.missing", FlakeBuildStatus.EvaluationFailed),
                ("checks.x86_64-linux.same", FlakeBuildStatus.Built),
                ("packages.x86_64-linux.\"with.dot\"", FlakeBuildStatus.Built),
                ("packages.x86_64-linux.hello", FlakeBuildStatus.Built),
            ],
            report.Results.Select(static result => (result.Attribute, result.Status)));
        var error = Assert.Throws<FlakeException>(report.ThrowIfFailed);
        Assert.Contains("it fails", error.Message, StringComparison.Ordinal);
        Assert.Contains("attribute 'b' missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("packages.x86_64-linux.hello", report.ToString(), StringComparison.Ordinal);

        var again = await FlakeBuild.RunAsync(client, evaluation with { Failures = [] }, new FlakeBuildOptions { Caches = [cache], KeepGoing = true });
        Assert.Equal(3, again.Results.Count(static result => result.Status == FlakeBuildStatus.Cached));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_flake_that_cannot_be_evaluated_at_all_is_an_error(NixRelease nix)
    {
        _folder.Write("app/flake.nix", "{ outputs = { self }: throw \"never\"; }");
        var error = await Assert.ThrowsAsync<NixCommandException>(() => FlakeOutputs.EvaluateAsync(Client(nix), App));
        Assert.Equal("never", error.Diagnostics[0].Message);
    }

    private NixClient Client(NixRelease nix) => new(new NixOptions
    {
        Program = nix.PathOf("nix"),
        Store = _folder["store"],
        Config = new Dictionary<string, string> { ["substituters"] = "", ["flake-registry"] = "", ["sandbox"] = "false", ["build-users-group"] = "" },
    });
}
