using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Building;

public sealed class BuildFailureTests : IDisposable
{
    private readonly BuildLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task A_builder_that_fails_gives_its_exit_code_and_the_end_of_its_log()
    {
        var (result, derivation) = await BuildAsync("""run { } "for i in 1 2 3 4 5; do echo line $i; done; echo on error >&2; exit 3" """, new BuildOptions { LogLines = 2 });
        Assert.Equal(BuildStatus.PermanentFailure, result.Status);
        Assert.Equal($"{derivation} was not built: its builder failed with exit code 3. The end of its log:\n  > line 5\n  > on error", result.ErrorMessage);
        Assert.Empty(result.BuiltOutputs);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task An_output_that_was_not_made_is_missed()
    {
        var (result, _) = await BuildAsync("""run { outputs = [ "out" "doc" ]; } "echo hi >$out" """);
        Assert.Equal(BuildStatus.OutputRejected, result.Status);
        Assert.Contains("'doc'", result.ErrorMessage, StringComparison.Ordinal);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task An_output_with_a_fifo_is_refused()
    {
        var (result, _) = await BuildAsync("""run { } "${bb} mkdir $out; ${bb} mkfifo $out/fifo" """);
        Assert.Equal(BuildStatus.OutputRejected, result.Status);
        Assert.Matches("/nix/store/[^ ]*-test/fifo is a FIFO", result.ErrorMessage);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task A_fixed_output_with_another_hash_is_refused_with_both_hashes()
    {
        var (result, _) = await BuildAsync("""run { outputHashAlgo = "sha256"; outputHash = "0000000000000000000000000000000000000000000000000000"; } "echo hi >$out" """);
        Assert.Equal(BuildStatus.HashMismatch, result.Status);
        Assert.Contains("specified: sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", result.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains($"got: sha256-{HashOf("hi\n")}", result.ErrorMessage, StringComparison.Ordinal);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task A_fixed_output_may_not_refer_to_the_store()
    {
        var (result, _) = await BuildAsync("""run { outputHashAlgo = "sha256"; outputHash = builtins.hashString "sha256" "${bb}\n"; } "echo ${bb} >$out" """);
        Assert.Equal(BuildStatus.OutputRejected, result.Status);
        Assert.Contains("-busybox", result.ErrorMessage, StringComparison.Ordinal);
    }

    [RequiresTheory("nix-instantiate", "bwrap")]
    [InlineData("disallowedReferences = [ lib ];", "see $lib")]
    [InlineData("disallowedRequisites = [ (builtins.dirOf bb) ];", "see $lib")]
    [InlineData("allowedReferences = [ ];", "see $lib")]
    [InlineData("allowedReferences = [ lib ];", "see $lib $out")]
    [InlineData("allowedRequisites = [ lib ];", "see $lib")]
    public async Task References_that_are_not_allowed_are_refused(string attribute, string contents)
    {
        var (result, _) = await BuildAsync($$"""
            let lib = run { name = "lib"; } "echo uses ${bb} >$out"; in run { inherit lib; {{attribute}} } "echo {{contents}} >$out"
            """);
        Assert.Equal(BuildStatus.OutputRejected, result.Status);
        Assert.Contains(attribute.Split(' ')[0], result.ErrorMessage, StringComparison.Ordinal);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task References_that_are_allowed_are_let_through()
    {
        var (result, _) = await BuildAsync("""
            let lib = run { name = "lib"; } "echo lib >$out"; in run { inherit lib; allowedReferences = [ lib "out" ]; allowedRequisites = [ lib ]; disallowedReferences = [ (builtins.dirOf bb) ]; } "echo $lib $out >$out"
            """);
        Assert.True(result.IsSuccess, result.ErrorMessage);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task Structured_checks_limit_the_sizes_of_single_outputs()
    {
        var (result, _) = await BuildAsync("""
            run { __structuredAttrs = true; outputChecks.out.maxSize = 1000; } ''
              out=$(${bb} sed -n "s/.*\['out'\]='\([^']*\).*/\1/p" /build/.attrs.sh)
              ${bb} dd if=/dev/zero of=$out bs=2000 count=1
            ''
            """);
        Assert.Equal(BuildStatus.OutputRejected, result.Status);
        Assert.Contains("maxSize", result.ErrorMessage, StringComparison.Ordinal);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task A_builder_that_takes_too_long_is_stopped_with_all_that_it_started()
    {
        var (result, _) = await BuildAsync("""run { } "echo begun; ${bb} sleep 333 & ${bb} sleep 333" """, new BuildOptions { Timeout = TimeSpan.FromSeconds(1) });
        Assert.Equal(BuildStatus.TimedOut, result.Status);
        Assert.Contains("begun", result.ErrorMessage, StringComparison.Ordinal);
        Assert.False(await IsRunningAsync("sleep 333"));
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task A_builder_that_is_silent_for_too_long_is_stopped()
    {
        var options = new BuildOptions { MaxSilentTime = TimeSpan.FromSeconds(1) };
        var (result, _) = await BuildAsync("""run { } "for i in 1 2 3 4 5 6; do echo $i; ${bb} sleep 0.3; done; ${bb} sleep 334" """, options);
        Assert.Equal(BuildStatus.TimedOut, result.Status);
        Assert.Contains("> 6", result.ErrorMessage, StringComparison.Ordinal);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task A_builder_that_prints_without_end_is_stopped()
    {
        var (result, _) = await BuildAsync("""run { } "${bb} yes" """, new BuildOptions { MaxLogSize = 1_000_000 });
        Assert.Equal(BuildStatus.LogLimitExceeded, result.Status);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task Cancelling_ends_the_builder_and_leaves_nothing()
    {
        var derivation = await _lab.InstantiateOursAsync("""run { } "echo begun; ${bb} sleep 335" """);
        await using var store = _lab.OpenOurs();
        using var cancel = new CancellationTokenSource();
        var options = new BuildOptions { Log = line => cancel.Cancel() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BuildLab.BuildAsync(store, derivation, options, cancel.Token));
        Assert.False(await IsRunningAsync("sleep 335"));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(store.Layout.RealStore), static entry => entry.EndsWith("-sandbox", StringComparison.Ordinal) || entry.EndsWith(".lock", StringComparison.Ordinal));
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task What_needs_a_failure_is_not_built_and_with_keep_going_all_else_is()
    {
        var derivation = await _lab.InstantiateOursAsync("""
            let
              bad = run { name = "bad"; } "echo this is why; exit 1";
              good = run { name = "good"; } "${bb} sleep 1; echo good >$out";
            in
            run { name = "top"; inherit bad good; } "echo top >$out"
            """);
        await using var store = _lab.OpenOurs();
        var result = await BuildLab.BuildAsync(store, derivation, new BuildOptions { KeepGoing = true, MaxJobs = 2 });
        Assert.Equal(BuildStatus.DependencyFailed, result.Status);
        Assert.Contains("this is why", result.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains(await store.ListAsync(), static path => path.Name == "good");
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task A_system_or_feature_that_this_machine_lacks_is_refused()
    {
        Assert.Contains("'riscv64-linux'", (await BuildAsync("""run { system = "riscv64-linux"; } "echo hi >$out" """)).Result.ErrorMessage, StringComparison.Ordinal);
        var (result, _) = await BuildAsync("""run { requiredSystemFeatures = [ "warp-drive" ]; } "echo hi >$out" """);
        Assert.Equal(BuildStatus.InputRejected, result.Status);
        Assert.Contains("'warp-drive'", result.ErrorMessage, StringComparison.Ordinal);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task A_failed_build_folder_is_kept_where_asked_for()
    {
        var (result, _) = await BuildAsync("""run { } "echo left >left; exit 1" """, new BuildOptions { KeepFailed = true });
        var folder = result.ErrorMessage[(result.ErrorMessage.LastIndexOf(' ') + 1)..];
        Assert.Equal("left\n", await File.ReadAllTextAsync(Path.Combine(folder, "left")));
        Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task Failures_become_exceptions_with_the_code_of_the_first_cause()
    {
        var (result, _) = await BuildAsync("""run { lib = run { } "exit 1"; } "echo hi >$out" """);
        Assert.Equal(NixErrorCodes.DependencyFailed, Assert.Throws<NixStoreException>(() => ((BuildResult[])[result]).ThrowIfFailed()).Code);
        ((BuildResult[])[result with { Status = BuildStatus.Built }]).ThrowIfFailed();
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task What_is_not_in_the_store_cannot_be_realised()
    {
        await using var store = _lab.OpenOurs();
        var path = StorePath.Parse("/nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo");
        Assert.Equal(BuildStatus.NoSubstituters, Assert.Single(await store.BuildAsync([DerivedPath.Of(path)])).Status);
        Assert.Equal([path], (await store.QueryMissingAsync([DerivedPath.Of(path)])).Unknown);
    }

    private static string HashOf(string text) =>
        Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    private static async Task<bool> IsRunningAsync(string command) =>
        (await CommandLine.TryRunAsync("sh", "-c", $"cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '")).Output.Contains($"busybox {command}", StringComparison.Ordinal);

    private async Task<(BuildResult Result, StorePath Derivation)> BuildAsync(string expression, BuildOptions? options = null)
    {
        var derivation = await _lab.InstantiateOursAsync(expression);
        await using var store = _lab.OpenOurs();
        return (await BuildLab.BuildAsync(store, derivation, options), derivation);
    }
}
