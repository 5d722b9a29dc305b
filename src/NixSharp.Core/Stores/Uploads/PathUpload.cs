using NixSharp.StorePaths;
using NixSharp.Stores.Copying;
using NixSharp.Web;
using Polly;

namespace NixSharp.Stores.Uploads;

/// <summary>Pushes one path, as often as it takes.</summary>
internal sealed class PathUpload(INixStore source, UploaderOptions options)
{
    private readonly ResiliencePipeline _retry = Retries.Make(options.Attempts, options.RetryDelay, MayPass, static _ => null, options.MaxRetryDelay);

    /// <returns>How many bytes of NARs were pushed.</returns>
    public async Task<long> RunAsync(StorePath path, CancellationToken cancellationToken)
    {
        var attempt = 0;
        try
        {
            return await _retry.ExecuteAsync(
                async token =>
                {
                    Report(path, UploadState.Started, ++attempt);
                    try
                    {
                        var bytes = await PushAsync(path, token).ConfigureAwait(false);
                        options.Events?.Report(new UploadEvent(path, UploadState.Pushed, attempt) { Bytes = bytes });
                        return bytes;
                    }
                    catch (Exception error) when (!cancellationToken.IsCancellationRequested && MayPass(error) && attempt < options.Attempts)
                    {
                        Report(path, UploadState.Retrying, attempt, error);
                        throw;
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Report(path, UploadState.GivenUp, attempt, error);
            throw;
        }
    }

    private async Task<long> PushAsync(StorePath path, CancellationToken cancellationToken)
    {
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = new StallWatch(stalled, options.StallTimeout, options.Progress);
        try
        {
            var destination = await NixStore.OpenAsync(options.Destination, options.DestinationOptions, stalled.Token).ConfigureAwait(false);
            await using (destination.ConfigureAwait(false))
            {
                var copy = new CopyOptions { Progress = watch };
                if (options.SigningKey is { } key)
                {
                    var missing = await source.CopyToAsync(destination, [path], copy with { DryRun = true }, stalled.Token).ConfigureAwait(false);
                    await source.SignAsync([.. missing.Copied.Select(static info => info.Path)], key, stalled.Token).ConfigureAwait(false);
                }

                return (await source.CopyToAsync(destination, [path], copy, stalled.Token).ConfigureAwait(false)).NarSize;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NixStoreException(
                NixErrorCodes.UploadStalled,
                $"{path} could not be pushed to {StoreReference.Parse(options.Destination).ToDisplayString()}: nothing arrived there for {options.StallTimeout.TotalSeconds:0.#} seconds. See whether the store answers.");
        }
    }

    private void Report(StorePath path, UploadState state, int attempt, Exception? error = null) =>
        options.Events?.Report(new UploadEvent(path, state, attempt) { Error = error });

    // What the source does not have, and what stores cannot do, will be so tomorrow.
    private static bool MayPass(Exception error) => error is not OperationCanceledException and not NixException
    {
        Code: NixErrorCodes.PathNotValid or NixErrorCodes.OtherStoreDirectory or NixErrorCodes.StoreCannot or NixErrorCodes.InvalidStoreUri,
    };
}
