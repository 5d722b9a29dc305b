using System.Globalization;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>Runs a builder, in its sandbox or within this process, and keeps its log.</summary>
internal sealed class BuilderRun(BuildSession session, BuildInputs inputs, BuildFolders folders)
{
    private const int NotStarted = 127;

    private BuildOptions Options => session.Options;

    /// <exception cref="BuildFailure">The builder failed, or reached a limit.</exception>
    /// <exception cref="NixStoreException">No sandbox can be made.</exception>
    public async Task RunAsync()
    {
        using var log = new BuildLog(new BuildLogFolder(session.Store.Layout.Logs), inputs.Path, Options);
        try
        {
            if (BuildPlatform.IsBuiltin(inputs.Derivation))
            {
                await RunBuiltinAsync(log).ConfigureAwait(false);
            }
            else
            {
                Judge(await RunSandboxAsync(log).ConfigureAwait(false), log);
            }
        }
        finally
        {
            log.Keep();
        }
    }

    private async Task RunBuiltinAsync(BuildLog log)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(session.Stopping);
        if (Positive(Options.Timeout) is { } limit)
        {
            limited.CancelAfter(limit);
        }

        try
        {
            await new BuiltinBuilder(inputs, folders.Outputs, log).RunAsync(limited.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!session.Stopping.IsCancellationRequested)
        {
            throw new BuildFailure(BuildStatus.TimedOut, $"it took longer than {Seconds(Options.Timeout)}.{EndOf(log)}");
        }
    }

    private async Task<SandboxExit> RunSandboxAsync(BuildLog log)
    {
        var bubblewrap = await session.Bubblewrap.ConfigureAwait(false);
        var extra = await session.SandboxPaths.ConfigureAwait(false);
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException();
        }

        var cores = Options.Cores is null or 0 ? Environment.ProcessorCount : Options.Cores.Value;
        var sandbox = new SandboxMaker(session.Store, inputs, extra).Make(folders.Sandbox, folders.Build, cores);
        var limits = new BuildLimits(Positive(Options.Timeout), Positive(Options.MaxSilentTime), Options.MaxLogSize);
        return await new SandboxProcess(sandbox, new SandboxFiles(sandbox, bubblewrap), limits)
            .RunAsync(bytes => log.Write(bytes.Span), session.Stopping)
            .ConfigureAwait(false);
    }

    // Zero means no limit to Nix.
    private static TimeSpan? Positive(TimeSpan? limit) => limit > TimeSpan.Zero ? limit : null;

    private void Judge(SandboxExit exit, BuildLog log)
    {
        log.Complete();
        switch (exit)
        {
            case { Stop: BuildStop.Cancelled }:
                throw new OperationCanceledException(session.Stopping);
            case { Stop: BuildStop.Timeout }:
                throw new BuildFailure(BuildStatus.TimedOut, $"its builder ran for longer than {Seconds(Options.Timeout)}.{EndOf(log)}");
            case { Stop: BuildStop.Silence }:
                throw new BuildFailure(BuildStatus.TimedOut, $"its builder printed nothing for {Seconds(Options.MaxSilentTime)}.{EndOf(log)}");
            case { Stop: BuildStop.LogSize }:
                throw new BuildFailure(BuildStatus.LogLimitExceeded, $"its builder printed more than {Options.MaxLogSize} bytes.{EndOf(log)}");
            case { Code: null }:
                throw Bubblewrap.Unavailable(
                    $"bubblewrap could not make a sandbox{(log.Tail.Count == 0 ? "" : $": {string.Join(' ', log.Tail)}")}. Check that this user may make user namespaces (kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, user.max_user_namespaces)",
                    null);
            case { Code: 0 }:
                return;
            case { Code: NotStarted } when log.Tail.Count == 0:
                throw Failed($"its builder, {inputs.Derivation.Builder}, could not be started. A builder has to be in what the derivation needs, or among the sandbox paths.");
            default:
                throw Failed($"its builder failed with exit code {exit.Code}.{EndOf(log)}");
        }
    }

    // With the network, another try may go better.
    private BuildFailure Failed(string why) =>
        new(inputs.HasNetwork ? BuildStatus.TransientFailure : BuildStatus.PermanentFailure, why);

    private static string Seconds(TimeSpan? time) => string.Create(CultureInfo.InvariantCulture, $"{time?.TotalSeconds:0.###} seconds");

    private static string EndOf(BuildLog log) =>
        log.Tail.Count == 0 ? " It printed nothing." : $" The end of its log:\n  > {string.Join("\n  > ", log.Tail)}";
}
