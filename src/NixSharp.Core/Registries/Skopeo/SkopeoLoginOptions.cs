namespace NixSharp.Registries.Skopeo;

/// <summary>Where skopeo keeps the credentials of a login.</summary>
public sealed record SkopeoLoginOptions
{
    /// <summary>The file; null is <c>REGISTRY_AUTH_FILE</c>, or <c>$XDG_RUNTIME_DIR/containers/auth.json</c>.</summary>
    public string? AuthFile { get; init; }

    /// <summary>A file of Docker's to write instead, such as <c>~/.docker/config.json</c>. Newer than skopeo 1.9.</summary>
    public string? DockerAuthFile { get; init; }

    /// <summary>Whether TLS and its certificates are insisted on; null does so unless the registry is on this machine.</summary>
    public bool? VerifyTls { get; init; }

    /// <summary>A folder with the certificate authority of the registry (<c>*.crt</c>) and our own certificate.</summary>
    public string? CertificateFolder { get; init; }

    internal SkopeoArguments AddTo(SkopeoArguments arguments) => arguments
        .Add("--authfile", AuthFile)
        .Add("--compat-auth-file", DockerAuthFile);
}
