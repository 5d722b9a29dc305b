using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Stores.Daemons;

public sealed class DaemonBuildTests : DaemonFixture
{
    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Lines_of_the_log_arrive_while_a_build_runs(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        var gate = Folder["gate"];
        var derivation = await AddScriptAsync(store, "waiting", $"echo waiting; while [ ! -e {gate} ]; do $b sleep 0.05; done; echo done; echo made > $out");
        var missing = await store.QueryMissingAsync([OutputsOf(derivation)]);
        Assert.Equal([derivation.Path], missing.WillBuild);

        // The builder goes on once its first line was seen here, and so never ends unless it is seen while it runs.
        var lines = new List<BuildLogLine>();
        var progress = new List<NixProgress>();
        var options = new BuildOptions { Log = Take, Progress = new Reports(progress) };
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var result = Assert.Single(await store.BuildAsync([OutputsOf(derivation)], options, limit.Token));

        Assert.Equal(BuildStatus.Built, result.Status);
        Assert.Equal(derivation.GetOutput(), result.BuiltOutputs["out"].OutputPath.ToString());
        Assert.Equal(["waiting", "done"], lines.Where(line => line.Derivation == derivation.Path).Select(static line => line.Text));
        Assert.Contains(lines, static line => line.Derivation is null && line.Text.StartsWith("building '", StringComparison.Ordinal));
        Assert.Contains(progress, static report => report is { Activity: "building", Done: 1, Total: 1 });
        Assert.Equal("made\n", await File.ReadAllTextAsync(store.GetRealPath(result.BuiltOutputs["out"].OutputPath)));
        Assert.Empty((await store.QueryMissingAsync([OutputsOf(derivation)])).WillBuild);
        Assert.True(Assert.Single(await store.BuildAsync([OutputsOf(derivation)])).Status is BuildStatus.AlreadyValid);

        void Take(BuildLogLine line)
        {
            lines.Add(line);
            if (line.Text == "waiting")
            {
                Folder.Write("gate", "");
            }
        }
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_build_that_fails_is_a_result_and_the_rest_is_built(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        var failing = await AddScriptAsync(store, "failing", "echo about to fail; exit 3");
        var dependent = await AddScriptAsync(store, "dependent", "echo > $out", null, failing);
        var good = await AddScriptAsync(store, "good", "echo > $out");
        var lines = new List<string>();
        var results = await store.BuildAsync(
            [OutputsOf(failing), OutputsOf(good), OutputsOf(dependent)],
            new BuildOptions { KeepGoing = true, MaxJobs = 2, Cores = 1, Log = line => lines.Add(line.Text) });
        Assert.Equal([OutputsOf(failing), OutputsOf(good), OutputsOf(dependent)], results.Select(static result => result.Path));
        Assert.Equal([BuildStatus.PermanentFailure, BuildStatus.Built, BuildStatus.DependencyFailed], results.Select(static result => result.Status));
        Assert.Contains("exit code 3", results[0].ErrorMessage, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', results[0].ErrorMessage + results[2].ErrorMessage);
        Assert.Contains("about to fail", lines);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Options_reach_the_builder(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        var cores = await AddScriptAsync(store, "cores", "echo $NIX_BUILD_CORES > $out");
        var result = Assert.Single(await store.BuildAsync([OutputsOf(cores)], new BuildOptions { Cores = 7 }));
        Assert.Equal("7\n", await File.ReadAllTextAsync(store.GetRealPath(result.BuiltOutputs["out"].OutputPath)));
        var silent = await AddScriptAsync(store, "silent", "while :; do $b sleep 1; done");
        result = Assert.Single(await store.BuildAsync([OutputsOf(silent)], new BuildOptions { MaxSilentTime = TimeSpan.FromSeconds(1) }));
        Assert.Equal(BuildStatus.TimedOut, result.Status);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_build_that_is_cancelled_ends_and_the_store_goes_on(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        var derivation = await AddScriptAsync(store, "endless", $"echo started; while $b sleep 0.1; do echo >> {Folder["alive"]}; done");
        using var stop = new CancellationTokenSource();
        var options = new BuildOptions { Log = line => { if (line.Text == "started") { stop.Cancel(); } } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.BuildAsync([OutputsOf(derivation)], options, stop.Token));

        // The daemon notices that its client is gone, and ends the builder.
        long size;
        do
        {
            size = Length();
            await Task.Delay(500);
        }
        while (size != Length());

        Assert.Equal(derivation.Path, (await store.GetPathInfoAsync(derivation.Path)).Path);

        long Length() => File.Exists(Folder["alive"]) ? new FileInfo(Folder["alive"]).Length : -1;
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_derivation_that_is_not_in_the_store_is_built(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        var derivation = await MakeScriptAsync(store, "loose", "echo loose > $out");
        var result = await store.BuildDerivationAsync(derivation.Path, derivation.Derivation);
        Assert.Equal(BuildStatus.Built, result.Status);
        Assert.Equal("loose\n", await File.ReadAllTextAsync(store.GetRealPath(StorePath.Parse(derivation.GetOutput()))));
        Assert.Null(await store.QueryPathInfoAsync(derivation.Path));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_a_content_addressed_output_became_is_known_and_can_be_told(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        var derivation = await AddScriptAsync(store, "floating", "echo floating > $out", new DerivationOutput.Floating(ContentAddressMethod.Nar, NixHashAlgorithm.Sha256));
        Assert.Null((await store.QueryDerivationOutputsAsync(derivation.Path))["out"]);
        var result = Assert.Single(await store.BuildAsync([OutputsOf(derivation)]));
        Assert.True(result.IsSuccess, result.ErrorMessage);
        var realisation = result.BuiltOutputs["out"];
        Assert.Equal(realisation.OutputPath, (await store.QueryRealisationAsync(realisation.Id))!.OutputPath);
        Assert.Equal(realisation.OutputPath, (await store.QueryDerivationOutputsAsync(derivation.Path))["out"]);

        var other = realisation with { Id = realisation.Id with { DerivationHash = NixHash.Compute(NixHashAlgorithm.Sha256, "other"u8) } };
        Assert.Null(await store.QueryRealisationAsync(other.Id));
        await store.AddRealisationAsync(other);
        Assert.Equal(other.OutputPath, (await store.QueryRealisationAsync(other.Id))!.OutputPath);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Logs_are_read_where_the_daemon_keeps_them_and_given_to_it(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        var derivation = await AddScriptAsync(store, "logged", "echo printed; echo > $out");
        Assert.Null(await store.OpenBuildLogAsync(derivation.Path));
        await store.BuildAsync([OutputsOf(derivation)]);
        using (var printed = new StreamReader((await store.OpenBuildLogAsync(derivation.Path))!))
        {
            Assert.Equal("printed\n", await printed.ReadToEndAsync());
        }

        var other = await AddScriptAsync(store, "other", "echo > $out");
        await store.AddBuildLogAsync(other.Path, new MemoryStream("what was printed\n"u8.ToArray()));
        Assert.Equal("what was printed\n", await RealNix.RunAsync(nix, daemon.Store, "nix-store", "--read-log", other.Path.ToString()));
    }

    private sealed class Reports(List<NixProgress> reports) : IProgress<NixProgress>
    {
        public void Report(NixProgress value) => reports.Add(value);
    }
}
