using System.Diagnostics;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Copying;

namespace NixSharp.Flakes.Outputs;

/// <summary>Builds and uploads the outputs of one <see cref="FlakeBuild"/>.</summary>
/// <param name="client">Runs <c>nix</c>.</param>
/// <param name="options">How it is built.</param>
/// <param name="uploadTo">Where results are copied to, and closed with this; null for nowhere.</param>
/// <param name="suffix">What follows a derivation's path to mean its outputs.</param>
internal sealed class FlakeBuildRun(NixClient client, FlakeBuildOptions options, INixStore? uploadTo, string suffix) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<FlakeBuildResult> _results = [];
    private readonly List<Task> _uploads = [];

    // Copies share what they need, so that one after the other copies nothing twice.
    private readonly SemaphoreSlim _uploading = new(1);
    private bool _hasFailed;

    public IReadOnlyList<FlakeBuildResult> Results => _results;

    public void Add(FlakeBuildResult result)
    {
        lock (_lock)
        {
            _results.Add(result);
            _hasFailed |= !result.IsGood;
        }

        options.Progress?.Report(result);
    }

    public async Task BuildAsync(IReadOnlyList<FlakeOutput> same, bool isCached, CancellationToken cancellationToken)
    {
        var result = new FlakeBuildResult
        {
            Attribute = same[0].Attribute,
            Status = FlakeBuildStatus.Cached,
            System = same[0].System,
            DerivationPath = same[0].DerivationPath,
            Outputs = same[0].Outputs.Where(static output => output.Value is not null).ToDictionary(static output => output.Key, static output => output.Value!.Value),
        };
        if (isCached)
        {
            Add(same, result);
            return;
        }

        if (_hasFailed && !options.KeepGoing)
        {
            Add(same, result with { Status = FlakeBuildStatus.Skipped, Outputs = new Dictionary<string, StorePath>() });
            return;
        }

        var started = Stopwatch.GetTimestamp();
        try
        {
            var built = await client.BuildAsync($"{same[0].DerivationPath}{suffix}", cancellationToken: cancellationToken).ConfigureAwait(false);
            result = result with
            {
                Status = FlakeBuildStatus.Built,
                Outputs = built.SelectMany(static one => one.Outputs).ToDictionary(),
                Duration = Stopwatch.GetElapsedTime(started),
            };
        }
        catch (NixCommandException error)
        {
            Add(same, result with { Status = FlakeBuildStatus.BuildFailed, Outputs = new Dictionary<string, StorePath>(), Error = error, Duration = Stopwatch.GetElapsedTime(started) });
            return;
        }

        if (uploadTo is null)
        {
            Add(same, result);
            return;
        }

        // The next build need not wait for the upload.
        lock (_lock)
        {
            _uploads.Add(Task.Run(() => UploadAsync(same, result, cancellationToken), CancellationToken.None));
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A build that was stopped leaves copies that are on their way; they have the store until they end.
        await Task.WhenAll(_uploads).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _uploading.Dispose();
        if (uploadTo is not null)
        {
            await uploadTo.DisposeAsync().ConfigureAwait(false);
        }
    }

    public Task FinishAsync() => Task.WhenAll(_uploads);

    private async Task UploadAsync(IReadOnlyList<FlakeOutput> same, FlakeBuildResult result, CancellationToken cancellationToken)
    {
        await _uploading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await options.Store!.CopyToAsync(uploadTo!, [.. result.Outputs.Values], cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (NixException error)
        {
            result = result with { Status = FlakeBuildStatus.UploadFailed, Error = error };
        }
        finally
        {
            _uploading.Release();
        }

        Add(same, result);
    }

    private void Add(IReadOnlyList<FlakeOutput> same, FlakeBuildResult result)
    {
        foreach (var output in same)
        {
            Add(result with { Attribute = output.Attribute });
        }
    }
}
