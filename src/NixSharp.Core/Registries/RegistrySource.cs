namespace NixSharp.Registries;

/// <summary>Finds the place that an image can be fetched from.</summary>
internal static class RegistrySource
{
    /// <summary>Has <paramref name="open"/> try each reference that a name may stand for, until one of them is there.</summary>
    public static async Task<T> FindAsync<T>(string name, RegistryOptions options, Func<ImageReference, Task<T>> open)
    {
        var candidates = options.Configuration!.Expand(name);
        foreach (var candidate in candidates.SkipLast(1))
        {
            try
            {
                return await open(candidate).ConfigureAwait(false);
            }
            catch (RegistryException exception) when (exception.Code is NixErrorCodes.RegistryNotFound or NixErrorCodes.RegistryAccessDenied)
            {
                // Registries deny access to what is not there, to whoever may not know.
                continue;
            }
        }

        return await open(candidates[^1]).ConfigureAwait(false);
    }

    /// <summary>Fetches the manifest of a reference from the first of its mirrors that has it, or from its home.</summary>
    /// <returns>A client of that place, for what the manifest names; whoever asks disposes of it.</returns>
    public static async Task<(RegistryClient Client, RegistryManifest Manifest)> OpenAsync(ImageReference reference, RegistryOptions options, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        var endpoints = options.Configuration!.RouteReading(reference, options);
        for (var index = 0; ; index++)
        {
            var client = new RegistryClient(reference, options, endpoints[index]);
            try
            {
                return (client, await client.GetManifestAsync(cancellationToken: cancellationToken).ConfigureAwait(false));
            }
            catch (RegistryException exception) when (index + 1 < endpoints.Count)
            {
                client.Dispose();
                failures.Add($"{endpoints[index].Address.Registry} ({exception.Code})");
            }
            catch (RegistryException exception) when (failures.Count > 0)
            {
                client.Dispose();
                throw new RegistryException(exception.Code, $"{exception.Message} Its mirrors failed before: {string.Join(", ", failures)}.", exception)
                {
                    Method = exception.Method,
                    RequestUri = exception.RequestUri,
                    Status = exception.Status,
                    Errors = exception.Errors,
                };
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }
    }
}
