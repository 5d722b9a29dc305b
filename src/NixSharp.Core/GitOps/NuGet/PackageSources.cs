using System.Collections.Concurrent;
using Newtonsoft.Json.Linq;
using NixSharp.Json;

namespace NixSharp.GitOps.NuGet;

/// <summary>The addresses of packages that do not come from the public gallery.</summary>
internal sealed class PackageSources(NuGetLockOptions options) : IDisposable
{
    private const string PublicHost = "nuget.org";
    private const int MaxIndexSize = 4 << 20;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _addresses = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lazy<HttpClient> _http = new(static () => new HttpClient { Timeout = TimeSpan.FromSeconds(60), MaxResponseContentBufferSize = MaxIndexSize });

    /// <summary>Where a package is downloaded; null for the public gallery.</summary>
    public async Task<string?> FindUrlAsync(RestoredPackage package, string? source, CancellationToken cancellationToken)
    {
        if (source is null || IsPublic(source) || options.Mirrors.Any(mirror => IsSame(mirror, source)))
        {
            return null;
        }

        // Lazy, because two packages that ask at once would both have their question put.
        var address = await _addresses.GetOrAdd(source, key => new Lazy<Task<string>>(() => FindAddressAsync(key, cancellationToken))).Value.ConfigureAwait(false);
        return $"{address.TrimEnd('/')}/{package.Name}/{package.Version}/{package.Name}.{package.Version}.nupkg";
    }

    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    private static bool IsPublic(string source) =>
        Uri.TryCreate(source, UriKind.Absolute, out var uri) &&
        (uri.Host.Equals(PublicHost, StringComparison.OrdinalIgnoreCase) || uri.Host.EndsWith("." + PublicHost, StringComparison.OrdinalIgnoreCase));

    private static bool IsSame(string left, string right) => left.TrimEnd('/').Equals(right.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);

    private async Task<string> FindAddressAsync(string source, CancellationToken cancellationToken)
    {
        if (options.SourceAddresses.FirstOrDefault(pair => IsSame(pair.Key, source)) is { Value: { } given })
        {
            return given;
        }

        try
        {
            var text = await _http.Value.GetStringAsync(new Uri(source), cancellationToken).ConfigureAwait(false);
            return JsonNodes.Items((JsonText.Parse(text) as JObject)?["resources"], "the list of resources").OfType<JObject>()
                .Where(static resource => (resource["@type"] as JValue)?.Value is string type && type.StartsWith("PackageBaseAddress/", StringComparison.Ordinal))
                .Select(static resource => JsonNodes.Text(resource["@id"], "the address of the packages"))
                .FirstOrDefault() ?? throw Unknown(source, "its index names no PackageBaseAddress", null);
        }
        catch (Exception error) when (error is HttpRequestException or UriFormatException or NixFormatException or InvalidOperationException or NotSupportedException ||
            (error is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unknown(source, error.Message.TrimEnd('.'), error);
        }
    }

    private static GitOpsException Unknown(string source, string why, Exception? error) =>
        new(
            NixErrorCodes.PackageSourceUnknown,
            $"Where the packages of the source {source} can be downloaded could not be found out: {why}. Name the address (--source-address SOURCE=URL), or say that the source is a mirror of the public gallery (--mirror SOURCE).",
            source,
            error);
}
