using NixSharp.Files;

namespace NixSharp.GitOps.Kubernetes.Api;

/// <summary>A service account's token, which kubelet renews in its file.</summary>
internal sealed class AccessToken(string file, TimeProvider clock)
{
    private const int MaxSize = 64 << 10;
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);
    private Reading? _last;

    /// <param name="isRefused">Whether the server did not take the last one.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<string> ReadAsync(bool isRefused, CancellationToken cancellationToken)
    {
        if (!isRefused && _last is { } last && clock.GetUtcNow() - last.When < MaxAge)
        {
            return last.Value;
        }

        var text = await SmallFile.ReadTextAsync(file, MaxSize, NixErrorCodes.ClusterRefuses, cancellationToken).ConfigureAwait(false);
        var value = new string([.. text.Where(static c => !char.IsWhiteSpace(c) && c is > ' ' and < (char)127)]);
        _last = new Reading(value, clock.GetUtcNow());
        return value;
    }

    private sealed record Reading(string Value, DateTimeOffset When);
}
