using System.Security.Cryptography;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>
/// Changes the manifest that a tag names while others may change it too. Registries cannot compare and swap: what was
/// written is read back, and written again where another write has taken its place.
/// </summary>
internal sealed class TagUpdate(RegistryClient client, string tag)
{
    private const int MaxAttempts = 12;
    private const int ShortestWait = 20;

    // Within this process, at least, changes of one tag wait for each other.
    private static readonly SemaphoreSlim[] Gates = [.. Enumerable.Range(0, 32).Select(static _ => new SemaphoreSlim(1))];

    /// <summary>Runs <paramref name="change"/> until what it made is there.</summary>
    /// <param name="change">Gets the manifest, or null where there is none yet, and makes the next; null where nothing is to be done.</param>
    /// <param name="holds">Whether a manifest has what this change is about.</param>
    /// <param name="cancellationToken">Stops the change.</param>
    /// <exception cref="SupplyChainException">Others change the tag all the time.</exception>
    public async Task RunAsync(
        Func<RegistryManifest?, CancellationToken, Task<RegistryManifest?>> change,
        Func<RegistryManifest, bool> holds,
        CancellationToken cancellationToken)
    {
        var gate = Gates[(uint)string.GetHashCode($"{client.Reference.Registry}/{client.Reference.Repository}:{tag}", StringComparison.Ordinal) % Gates.Length];
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var attempt = 1; attempt <= MaxAttempts; attempt++)
            {
                if (await TryAsync(change, holds, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }

                await Task.Delay(RandomNumberGenerator.GetInt32(ShortestWait, ShortestWait * (attempt + 1)), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            gate.Release();
        }

        throw new SupplyChainException(
            NixErrorCodes.TagContended,
            $"The tag {client.Reference.WithTag(tag)} cannot be changed: in each of {MaxAttempts} attempts somebody else changed it at the same time. Try again when less is attached to this image at once.");
    }

    /// <summary>The manifest of a tag or digest; null where there is none.</summary>
    public static async Task<RegistryManifest?> FindAsync(RegistryClient client, string reference, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetManifestAsync(reference, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException error) when (error.Code == NixErrorCodes.RegistryNotFound)
        {
            return null;
        }
    }

    private async Task<bool> TryAsync(
        Func<RegistryManifest?, CancellationToken, Task<RegistryManifest?>> change,
        Func<RegistryManifest, bool> holds,
        CancellationToken cancellationToken)
    {
        var before = await FindAsync(client, tag, cancellationToken).ConfigureAwait(false);
        if (await change(before, cancellationToken).ConfigureAwait(false) is not { } changed)
        {
            return true;
        }

        // The later this is asked, the less can come between.
        OciDigest? current = (await client.FindManifestAsync(tag, cancellationToken).ConfigureAwait(false))?.Digest;
        if (current != before?.Descriptor.Digest)
        {
            return false;
        }

        await client.PutManifestAsync(changed, tag, cancellationToken).ConfigureAwait(false);
        return await FindAsync(client, tag, cancellationToken).ConfigureAwait(false) is { } after && holds(after);
    }
}
