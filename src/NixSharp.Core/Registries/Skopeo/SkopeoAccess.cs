namespace NixSharp.Registries.Skopeo;

/// <summary>What gets one run of skopeo at one place of images, gone with the run.</summary>
internal sealed class SkopeoAccess : IDisposable
{
    private readonly List<SkopeoAuthFile> _authFiles = [];

    /// <summary>Adds the options for one end of a run.</summary>
    /// <param name="arguments">Where they are added.</param>
    /// <param name="prefix">What they begin with: <c>--</c>, <c>--src-</c> or <c>--dest-</c>.</param>
    /// <param name="endpoint">What is asked for.</param>
    /// <param name="reference">The image, if it is in a registry.</param>
    /// <param name="options">What holds where <paramref name="endpoint"/> says nothing.</param>
    /// <param name="cancellationToken">Stops the search for credentials.</param>
    public async Task AddAsync(
        SkopeoArguments arguments,
        string prefix,
        SkopeoEndpoint endpoint,
        ImageReference? reference,
        SkopeoOptions options,
        CancellationToken cancellationToken)
    {
        arguments
            .Add(prefix + "cert-dir", endpoint.CertificateFolder)
            .Add(prefix + "daemon-host", endpoint.DaemonHost)
            .Add(prefix + "shared-blob-dir", endpoint.SharedBlobFolder);
        if (reference is null)
        {
            return;
        }

        AddTls(arguments, prefix + "tls-verify", endpoint.VerifyTls, endpoint.CertificateFolder, reference, options);
        var credentials = endpoint.Credentials ?? options.Credentials;
        if (await SkopeoAuthFile.CreateAsync(reference, credentials, cancellationToken).ConfigureAwait(false) is { } file)
        {
            _authFiles.Add(file);
            arguments.Add(prefix + "authfile", file.Path);
        }
        else if (credentials != CredentialStore.Default)
        {
            // Else skopeo would go on to look for some where it was not meant to.
            arguments.Add(prefix + "no-creds", true);
        }
    }

    public static void AddTls(SkopeoArguments arguments, string name, bool? verify, string? certificateFolder, ImageReference reference, SkopeoOptions options)
    {
        var verifies = verify ?? !(options.PlainHttp || (reference.IsLoopback && certificateFolder is null));
        if (!verifies || verify is not null)
        {
            arguments.Add($"{name}={(verifies ? "true" : "false")}", true);
        }
    }

    public void Dispose() => _authFiles.ForEach(static file => file.Dispose());
}
