using NixSharp.Images.Oci;

namespace NixSharp.Registries.Skopeo;

public sealed partial class SkopeoClient
{
    /// <summary>Copies an image and returns the digest of the manifest that arrived.</summary>
    /// <param name="source">Where it is, with its transport.</param>
    /// <param name="destination">Where it goes, with its transport.</param>
    /// <param name="options">How it is copied; null takes the defaults.</param>
    /// <param name="cancellationToken">Stops skopeo.</param>
    public async Task<OciDigest> CopyAsync(
        string source,
        string destination,
        SkopeoCopyOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        options ??= new SkopeoCopyOptions();
        var folder = Directory.CreateTempSubdirectory("nixsharp-");
        try
        {
            using var access = new SkopeoAccess();
            var digestFile = Path.Combine(folder.FullName, "digest");
            var arguments = new SkopeoArguments("copy").Add("--digestfile", digestFile);
            await access.AddAsync(arguments, "--src-", options.Source, Reference(source), _options, cancellationToken).ConfigureAwait(false);
            await access.AddAsync(arguments, "--dest-", options.Destination, Reference(destination), _options, cancellationToken).ConfigureAwait(false);
            options.AddAllTo(arguments);
            using var readable = await SkopeoSource.OpenAsync(source, this, cancellationToken).ConfigureAwait(false);
            var (command, _) = await RunAsync(arguments, [readable.Image, destination], cancellationToken).ConfigureAwait(false);
            return File.Exists(digestFile)
                ? ParseDigest(command, (await File.ReadAllTextAsync(digestFile, cancellationToken).ConfigureAwait(false)).Trim())
                : throw Malformed(command, "wrote no digest");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
