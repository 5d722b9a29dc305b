using System.Diagnostics;
using NixSharp.Stores;

namespace NixSharp.Building.Machines;

/// <summary>Finds out which build machines can be used.</summary>
public static class MachineCheck
{
    /// <summary>Asks every machine's daemon who it is, several at a time.</summary>
    /// <param name="machines">The machines.</param>
    /// <param name="timeout">How long each may take.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <returns>The results, in the order of the machines.</returns>
    public static async Task<IReadOnlyList<MachineCheckResult>> RunAsync(IReadOnlyList<BuildMachine> machines, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(machines);
        using var places = new SemaphoreSlim(8);
        return await Task.WhenAll(machines.Select(async machine =>
        {
            await places.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await AskAsync(machine, timeout, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                places.Release();
            }
        })).ConfigureAwait(false);
    }

    /// <summary>Fails where a machine cannot be used.</summary>
    /// <exception cref="NixStoreException">One cannot.</exception>
    public static void ThrowIfAny(IReadOnlyList<MachineCheckResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var failed = results.Where(static result => result.Problem is not null).ToList();
        if (failed.Count > 0)
        {
            throw new NixStoreException(
                NixErrorCodes.BuilderUnavailable,
                $"{failed.Count} of {results.Count} build machines cannot be used:\n{string.Join('\n', failed.Select(static result => $"{result.Machine.Store.ToDisplayString()}: {result.Problem}"))}\nSee that they run, and that SSH lets this user in.");
        }
    }

    private static async Task<MachineCheckResult> AskAsync(BuildMachine machine, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(timeout);
        try
        {
            var store = await NixStore.OpenAsync(machine.StoreWithKeys, null, stop.Token).ConfigureAwait(false);
            await using (store.ConfigureAwait(false))
            {
                var info = store is RemoteStore remote ? await remote.GetDaemonInfoAsync(stop.Token).ConfigureAwait(false) : null;
                return new MachineCheckResult(machine, Stopwatch.GetElapsedTime(started)) { Daemon = info };
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed($"it did not answer within {timeout.TotalSeconds:0.#} seconds");
        }
        catch (NixException error)
        {
            return Failed(error.Message);
        }

        MachineCheckResult Failed(string why) => new(machine, Stopwatch.GetElapsedTime(started)) { Problem = why };
    }
}
