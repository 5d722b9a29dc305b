using Newtonsoft.Json.Linq;
using NixSharp.Processes;

namespace NixSharp.Registries.Skopeo;

public sealed partial class SkopeoClient
{
    /// <summary>What an image is: its digest, platform, labels, environment and layers.</summary>
    /// <param name="image">The image, with its transport.</param>
    /// <param name="endpoint">How the registry is got at.</param>
    /// <param name="withTags">Lists the repository's tags, too, which takes more requests.</param>
    /// <param name="cancellationToken">Stops skopeo.</param>
    public async Task<SkopeoImage> InspectAsync(
        string image,
        SkopeoEndpoint? endpoint = null,
        bool withTags = false,
        CancellationToken cancellationToken = default)
    {
        var arguments = new SkopeoArguments("inspect").Add("--no-tags", !withTags);
        var (command, result) = await InspectAsync(arguments, image, endpoint, cancellationToken).ConfigureAwait(false);
        return SkopeoImageReader.TryRead(ParseObject(command, result.Output)) ?? throw Malformed(command, "told of no image with digests that can be read");
    }

    /// <summary>The manifest or index of an image, to the byte.</summary>
    /// <inheritdoc cref="InspectConfigAsync(string, SkopeoEndpoint?, CancellationToken)"/>
    public async Task<ReadOnlyMemory<byte>> InspectManifestAsync(string image, SkopeoEndpoint? endpoint = null, CancellationToken cancellationToken = default)
    {
        var arguments = new SkopeoArguments("inspect").Add("--raw", true);
        var (_, result) = await InspectAsync(arguments, image, endpoint, cancellationToken).ConfigureAwait(false);
        return result.OutputBytes;
    }

    /// <summary>The configuration of an image, to the byte.</summary>
    /// <param name="image">The image, with its transport.</param>
    /// <param name="endpoint">How the registry is got at.</param>
    /// <param name="cancellationToken">Stops skopeo.</param>
    public async Task<ReadOnlyMemory<byte>> InspectConfigAsync(string image, SkopeoEndpoint? endpoint = null, CancellationToken cancellationToken = default)
    {
        var arguments = new SkopeoArguments("inspect").Add("--config", true).Add("--raw", true);
        var (_, result) = await InspectAsync(arguments, image, endpoint, cancellationToken).ConfigureAwait(false);
        return result.OutputBytes;
    }

    /// <summary>The tags of a repository, <c>docker://HOST/NAME</c>, or the names in a <c>docker-archive:FILE</c>.</summary>
    /// <param name="repository">The repository, with its transport and without a tag.</param>
    /// <param name="endpoint">How the registry is got at.</param>
    /// <param name="cancellationToken">Stops skopeo.</param>
    public async Task<IReadOnlyList<string>> ListTagsAsync(string repository, SkopeoEndpoint? endpoint = null, CancellationToken cancellationToken = default)
    {
        var (command, result) = await InspectAsync(new SkopeoArguments("list-tags"), repository, endpoint, cancellationToken).ConfigureAwait(false);
        return ParseObject(command, result.Output)["Tags"] switch
        {
            JArray tags => SkopeoImageReader.Texts(tags),
            { Type: JTokenType.Null } => [],
            _ => throw Malformed(command, "printed no tags"),
        };
    }

    private async Task<(string Command, ProcessResult Result)> InspectAsync(
        SkopeoArguments arguments,
        string image,
        SkopeoEndpoint? endpoint,
        CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(image);
        using var access = new SkopeoAccess();
        await access.AddAsync(arguments, "--", endpoint ?? new SkopeoEndpoint(), Reference(image), _options, cancellationToken).ConfigureAwait(false);
        using var readable = await SkopeoSource.OpenAsync(image, this, cancellationToken).ConfigureAwait(false);
        return await RunAsync(arguments, [readable.Image], cancellationToken).ConfigureAwait(false);
    }
}
