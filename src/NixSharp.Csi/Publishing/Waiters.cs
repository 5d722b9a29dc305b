namespace NixSharp.Csi.Publishing;

/// <summary>The calls that wait for something to be realised, by the volume that they are for.</summary>
internal sealed class Waiters
{
    private readonly Dictionary<string, List<CancellationTokenSource>> _waiting = new(StringComparer.Ordinal);

    /// <summary>Waits together with <paramref name="wait"/>, until the volume is given up.</summary>
    /// <returns>What <paramref name="wait"/> has come to.</returns>
    /// <exception cref="CsiException">The volume was given up.</exception>
    public async Task<T> WaitAsync<T>(string volume, Func<CancellationToken, Task<T>> wait, CancellationToken cancellationToken)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_waiting)
        {
            if (!_waiting.TryGetValue(volume, out var others))
            {
                _waiting.Add(volume, others = []);
            }

            others.Add(source);
        }

        try
        {
            return await wait(source.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (source.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CsiException(NixErrorCodes.CsiBusy, $"The volume {volume} was unpublished while it was waited for.", error);
        }
        finally
        {
            lock (_waiting)
            {
                _waiting[volume].Remove(source);
                if (_waiting[volume].Count == 0)
                {
                    _waiting.Remove(volume);
                }
            }
        }
    }

    /// <summary>Ends the waiting of all calls that are for a volume.</summary>
    public void GiveUp(string volume)
    {
        lock (_waiting)
        {
            _waiting.GetValueOrDefault(volume)?.ForEach(static source => source.Cancel());
        }
    }
}
