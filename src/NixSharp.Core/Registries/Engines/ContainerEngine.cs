using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Layouts;
using NixSharp.Images.Oci;
using NixSharp.Json;

namespace NixSharp.Registries.Engines;

/// <summary>A Docker daemon or a Podman service, spoken to in Docker's HTTP API on its socket. No program is run.</summary>
/// <param name="address">Where it listens.</param>
/// <param name="timeout">How long it may show no sign of life; ten minutes by default, because Podman unpacks silently.</param>
public sealed class ContainerEngine(EngineAddress address, TimeSpan? timeout = null) : IDisposable
{
    private readonly EngineTransport _transport = new(address, timeout ?? TimeSpan.FromMinutes(10));

    /// <summary>Where it listens.</summary>
    public EngineAddress Address { get; } = address;

    /// <summary>
    /// Loads an image under some names, without a temporary file: layers are made while they are sent. An image that the
    /// engine has already is only named. Layers of a closure are read twice, because a tar archive has sizes in front.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="references">The names that it gets.</param>
    /// <param name="options">Who is told of progress.</param>
    /// <param name="cancellationToken">Stops the loading; the names stay as they were.</param>
    /// <exception cref="EngineException">The engine cannot be reached, refuses, or answers nonsense.</exception>
    /// <exception cref="ImageException">A layer cannot be made.</exception>
    public async Task<LoadResult> LoadAsync(
        ContainerImage image,
        IReadOnlyList<ImageReference> references,
        LoadOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(references);
        ArgumentOutOfRangeException.ThrowIfZero(references.Count);
        options ??= new LoadOptions();
        ImageReference[] names = [.. references.Select(static name => name.Digest is null ? name : name.WithTag(name.Tag ?? "latest"))];
        var archive = await DockerStream.PrepareAsync(image, cancellationToken).ConfigureAwait(false);
        var isThere = await FindAsync(archive.ImageId.ToString(), cancellationToken).ConfigureAwait(false) == archive.ImageId;
        var sent = 0L;
        if (isThere)
        {
            foreach (var name in names)
            {
                await TagAsync(archive.ImageId, name, cancellationToken).ConfigureAwait(false);
            }
        }
        else
        {
            sent = await LoadAsync(archive, names, options, cancellationToken).ConfigureAwait(false);
        }

        return new LoadResult { References = names, ImageId = archive.ImageId, Unchanged = isThere, BytesSent = sent };
    }

    /// <summary>The id of the image with a name; null where there is none.</summary>
    /// <exception cref="EngineException">The engine cannot be reached, refuses, or answers nonsense.</exception>
    public Task<OciDigest?> FindAsync(ImageReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return FindAsync(reference.ToString(), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    private async Task<OciDigest?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var path = $"images/{name}/json";
        if (await _transport.SendAsync(HttpMethod.Get, path, cancellationToken).ConfigureAwait(false) is not { } text)
        {
            return null;
        }

        if (!JsonText.TryParse(text, out var json, out var why))
        {
            throw _transport.Malformed(path, why);
        }

        // Podman leaves the algorithm out in some versions.
        return json is JObject image && image["Id"] is JValue { Value: string id } && OciDigest.TryParse(id.Contains(':', StringComparison.Ordinal) ? id : $"sha256:{id}", out var digest)
            ? digest
            : throw _transport.Malformed(path, "there is no id in it");
    }

    private async Task TagAsync(OciDigest id, ImageReference name, CancellationToken cancellationToken)
    {
        var path = $"images/{id}/tag?repo={Uri.EscapeDataString($"{name.Registry}/{name.Repository}")}&tag={Uri.EscapeDataString(name.Tag!)}";
        if (await _transport.SendAsync(HttpMethod.Post, path, cancellationToken).ConfigureAwait(false) is null)
        {
            throw _transport.Refused("POST", path, null, "the image is gone again");
        }
    }

    private async Task<long> LoadAsync(DockerStream archive, ImageReference[] names, LoadOptions options, CancellationToken cancellationToken)
    {
        var sent = 0L;
        string? error = null;
        string[] texts = [.. names.Select(static name => name.ToString())];
        using var content = new RegistryContent(
            "application/x-tar",
            archive.SizeOf(texts),
            (stream, token) => archive.WriteToAsync(stream, texts, options.Progress, token),
            count => sent += count);
        await _transport.UploadAsync("images/load?quiet=0", content, Note, cancellationToken).ConfigureAwait(false);
        if (error is not null)
        {
            throw _transport.Refused("POST", "images/load", null, error);
        }

        foreach (var name in names)
        {
            if (await FindAsync(name, cancellationToken).ConfigureAwait(false) is null)
            {
                throw _transport.Refused("POST", "images/load", null, $"it reported no error and has no image {name}");
            }
        }

        return sent;

        void Note(string line)
        {
            if (EngineReport.TryRead(line) is not { } report)
            {
                return;
            }

            error ??= report.Error;
            if (report.Progress is { } progress)
            {
                options.Progress?.Report(progress);
            }
            else if (report.Text is { } text)
            {
                options.Log?.Report(text);
            }
        }
    }
}
