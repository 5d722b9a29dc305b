using System.Net;
using System.Net.Sockets;
using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Building;

public sealed class BuildModeTests : IDisposable
{
    private readonly BuildLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task What_is_valid_is_not_built_again_and_what_would_be_built_is_known_before()
    {
        var derivation = await _lab.InstantiateOursAsync("""run { name = "top"; lib = run { name = "lib"; } "echo lib >$out"; } "echo $lib >$out" """);
        await using var store = _lab.OpenOurs();
        var path = DerivedPath.Of(derivation, OutputsSpec.All);
        Assert.Equal(["lib.drv", "top.drv"], (await store.QueryMissingAsync([path])).WillBuild.Select(static missing => missing.Name).Order());

        var built = await BuildLab.BuildAsync(store, derivation);
        Assert.Equal((BuildStatus.Built, 1), (built.Status, built.TimesBuilt));
        Assert.InRange(built.StopTime, built.StartTime, DateTimeOffset.UtcNow);
        Assert.Empty((await store.QueryMissingAsync([path])).WillBuild);
        var again = await BuildLab.BuildAsync(store, derivation);
        Assert.Equal((BuildStatus.AlreadyValid, 0), (again.Status, again.TimesBuilt));
        Assert.Equal(built.BuiltOutputs.Keys, again.BuiltOutputs.Keys);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task Checking_tells_what_comes_out_the_same_from_what_does_not()
    {
        var same = await _lab.InstantiateOursAsync("""run { name = "same"; } "echo hi >$out" """);
        await using var store = _lab.OpenOurs();
        var check = new BuildOptions { Mode = BuildMode.Check };
        Assert.Equal(BuildStatus.InputRejected, (await BuildLab.BuildAsync(store, same, check)).Status);
        await BuildLab.BuildAsync(store, same);
        Assert.Equal(BuildStatus.Built, (await BuildLab.BuildAsync(store, same, check)).Status);

        var random = await _lab.InstantiateOursAsync("""run { name = "random"; } "${bb} cat /proc/sys/kernel/random/uuid >$out" """);
        var built = (await BuildLab.BuildAsync(store, random)).BuiltOutputs["out"].OutputPath;
        var before = await File.ReadAllTextAsync(store.GetRealPath(built));
        var result = await BuildLab.BuildAsync(store, random, check with { KeepFailed = true });
        Assert.Equal(BuildStatus.NotDeterministic, result.Status);
        Assert.True(result.IsNonDeterministic);
        Assert.Equal(before, await File.ReadAllTextAsync(store.GetRealPath(built)));
        Assert.NotEqual(before, await File.ReadAllTextAsync(store.GetRealPath(built) + ".check"));
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task Repairing_builds_what_is_damaged_and_nothing_else()
    {
        var derivation = await _lab.InstantiateOursAsync("""run { } "${bb} mkdir $out; echo hi >$out/file" """);
        await using var store = _lab.OpenOurs();
        var output = (await BuildLab.BuildAsync(store, derivation)).BuiltOutputs["out"].OutputPath;
        var repair = new BuildOptions { Mode = BuildMode.Repair };
        Assert.Equal(BuildStatus.AlreadyValid, (await BuildLab.BuildAsync(store, derivation, repair)).Status);

        var file = Path.Combine(store.GetRealPath(output), "file");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(file, "damaged");
        Assert.Equal(BuildStatus.Built, (await BuildLab.BuildAsync(store, derivation, repair)).Status);
        Assert.Equal("hi\n", await File.ReadAllTextAsync(file));
        var verified = await _lab.RunNixAsync("nix-store", "--store", _lab.Ours, "--verify", "--check-contents");
        Assert.DoesNotContain("error", verified.Error, StringComparison.Ordinal);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task Nix_and_NixSharp_that_build_the_same_at_once_build_it_once()
    {
        var derivation = await _lab.InstantiateOursAsync("""run { } "${bb} sleep 1; ${bb} cat /proc/sys/kernel/random/uuid >$out; echo built" """);
        await using var first = _lab.OpenOurs();
        await using var second = _lab.OpenOurs();
        var nix = _lab.RunNixAsync("nix-store", "--store", _lab.Ours, "--realise", derivation.ToString());
        var ours = await Task.WhenAll(BuildLab.BuildAsync(first, derivation), BuildLab.BuildAsync(second, derivation));
        var theirs = await nix;
        Assert.True(theirs.ExitCode == 0, theirs.Error);
        Assert.All(ours, static result => Assert.True(result.IsSuccess, result.ErrorMessage));
        Assert.Equal(1, ours.Sum(static result => result.TimesBuilt) + (theirs.Error.Contains("building '", StringComparison.Ordinal) && theirs.Error.Split('\n').Contains("built") ? 1 : 0));
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task As_many_builders_run_at_the_same_time_as_there_are_jobs()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        // Nobody gets an answer before both have asked, which is possible only at the same time.
        var answering = Task.Run(async () =>
        {
            using var one = await listener.AcceptTcpClientAsync();
            using var two = await listener.AcceptTcpClientAsync();
            await one.GetStream().WriteAsync("1\n"u8.ToArray());
            await two.GetStream().WriteAsync("2\n"u8.ToArray());
        });
        var derivation = await _lab.InstantiateOursAsync($$"""
            let
              ask = name: run { inherit name; outputHashAlgo = "sha256"; outputHash = builtins.hashString "sha256" name; } "${bb} nc -w 60 127.0.0.1 {{port}} </dev/null >answer && ${bb} test -s answer && echo -n ${name} >$out";
            in
            run { name = "top"; a = ask "a"; b = ask "b"; } "echo hi >$out"
            """);
        await using var store = _lab.OpenOurs();
        var result = await BuildLab.BuildAsync(store, derivation, new BuildOptions { MaxJobs = 2 });
        Assert.True(result.IsSuccess, result.ErrorMessage);
        await answering;
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task What_another_store_has_is_fetched_instead_of_built()
    {
        var derivation = await _lab.InstantiateAsync("""run { name = "top"; lib = run { name = "lib"; } "${bb} cat /proc/sys/kernel/random/uuid >$out"; } "echo $lib >$out" """);
        await using var other = LocalStore.Open(_lab.Theirs);
        var built = (await BuildLab.BuildAsync(other, derivation)).BuiltOutputs["out"];
        await using var store = LocalStore.Open(_lab.Ours, new StoreOptions { RequireSignatures = false, SyncBeforeRegistering = false });
        var options = new BuildOptions { Substituters = [other] };
        var result = await BuildLab.BuildAsync(store, derivation, options);
        Assert.Equal(BuildStatus.Substituted, result.Status);
        Assert.Equal((await other.GetPathInfoAsync(built.OutputPath)).NarHash, (await store.GetPathInfoAsync(built.OutputPath)).NarHash);

        var lonely = await other.AddTextAsync("lonely", "text");
        Assert.Equal(BuildStatus.Substituted, Assert.Single(await store.BuildAsync([DerivedPath.Of(lonely)], options)).Status);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_reads_our_logs_and_we_read_Nix_s(NixRelease nix)
    {
        using var lab = new BuildLab(nix);
        var derivation = await lab.InstantiateAsync("""run { } "echo one; echo two >&2; echo '@nix {\"action\":\"setPhase\",\"phase\":\"build\"}' >&2; echo hi >$out" """);
        var phases = new List<string>();
        await using var ours = lab.OpenOurs();
        var lines = new List<string>();
        await BuildLab.BuildAsync(ours, derivation, new BuildOptions { Log = line => lines.Add(line.Text), Progress = new Phases(phases) });
        Assert.Equal(["one", "two"], lines);
        Assert.Contains("building (build)", phases);
        var expected = "one\ntwo\n@nix {\"action\":\"setPhase\",\"phase\":\"build\"}\n";
        Assert.Equal(expected, (await lab.RunNixAsync("nix", "log", derivation.ToString(), "--store", lab.Ours)).Output);

        Assert.Equal(0, (await lab.BuildWithNixAsync(derivation)).ExitCode);
        await using var theirs = LocalStore.Open(lab.Theirs);
        using var reader = new StreamReader((await theirs.OpenBuildLogAsync(derivation))!);
        Assert.Equal(expected, await reader.ReadToEndAsync());
        Assert.Null(await theirs.OpenBuildLogAsync(StorePath.Parse("/nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo.drv")));

        await ours.AddBuildLogAsync(derivation, new MemoryStream("another\n"u8.ToArray()));
        Assert.Equal("another\n", (await lab.RunNixAsync("nix", "log", derivation.ToString(), "--store", lab.Ours)).Output);
    }

    private sealed class Phases(List<string> phases) : IProgress<NixProgress>
    {
        public void Report(NixProgress value) => phases.Add(value.Activity);
    }
}
