using System.Globalization;
using System.Text.RegularExpressions;

namespace NixSharp.Registries.Skopeo;

public sealed partial class SkopeoClient
{
    /// <summary>Copies all images of a source to a destination that the latter lacks, and returns their number.</summary>
    /// <param name="from">What the source is.</param>
    /// <param name="source">The source, without a transport: <c>quay.io/acme/hello</c>, a folder, a YAML file.</param>
    /// <param name="to">What the destination is: a registry or a folder.</param>
    /// <param name="destination">The destination, without a transport: <c>quay.io/mirror</c>, a folder.</param>
    /// <param name="options">How they are copied; null takes the defaults.</param>
    /// <param name="cancellationToken">Stops skopeo; images that arrived stay.</param>
    public async Task<int> SyncAsync(
        SkopeoSyncTransport from,
        string source,
        SkopeoSyncTransport to,
        string destination,
        SkopeoSyncOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        options ??= new SkopeoSyncOptions();
        using var access = new SkopeoAccess();
        var arguments = new SkopeoArguments("sync").Add("--src", Word(from)).Add("--dest", Word(to));
        var sourceReference = from == SkopeoSyncTransport.Docker ? ImageReference.Parse(source) : null;

        // A destination may be a registry's name alone: credentials are those for what will be under it.
        var destinationReference = to == SkopeoSyncTransport.Docker ? ImageReference.Parse($"{destination.TrimEnd('/')}/any") : null;
        await access.AddAsync(arguments, "--src-", options.Source, sourceReference, _options, cancellationToken).ConfigureAwait(false);
        await access.AddAsync(arguments, "--dest-", options.Destination, destinationReference, _options, cancellationToken).ConfigureAwait(false);
        options.AddAllTo(arguments);
        var (command, result) = await RunAsync(arguments, [source, destination], cancellationToken).ConfigureAwait(false);
        return SyncedPattern().Match(string.Join('\n', result.ErrorTail)) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw Malformed(command, "did not say how many images it synchronised");
    }

    private static string Word(SkopeoSyncTransport transport) => transport switch
    {
        SkopeoSyncTransport.Docker => "docker",
        SkopeoSyncTransport.Dir => "dir",
        _ => "yaml",
    };

    [GeneratedRegex(@"(?:Synced|Would have synced) (\d{1,9}) images", RegexOptions.CultureInvariant)]
    private static partial Regex SyncedPattern();
}
