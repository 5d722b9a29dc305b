namespace NixSharp.GitOps.NuGet;

/// <summary>Where a restored package came from.</summary>
/// <param name="Source">The index of the source; null where the package does not say.</param>
/// <param name="IsLocal">Whether it came from a folder, and cannot be downloaded by others.</param>
internal readonly record struct PackageOrigin(string? Source, bool IsLocal)
{
    /// <summary>Reads <c>.nupkg.metadata</c>.</summary>
    public static async Task<PackageOrigin> ReadAsync(RestoredPackage package, CancellationToken cancellationToken)
    {
        if (!File.Exists(package.Metadata))
        {
            return default;
        }

        var json = await ProjectFiles.ReadJsonAsync(package.Metadata, cancellationToken).ConfigureAwait(false);
        var source = (json["source"] as Newtonsoft.Json.Linq.JValue)?.Value as string;

        // Packages that nixpkgs itself put there have metadata that says nothing; tools have a hash and no source.
        return source is null
            ? new PackageOrigin(null, json["contentHash"] is null)
            : new PackageOrigin(source, !source.Contains("://", StringComparison.Ordinal) || source.StartsWith("file:", StringComparison.OrdinalIgnoreCase));
    }
}
