namespace NixSharp.Registries.Skopeo;

/// <summary>How skopeo gets at one place of images, where that differs from what <see cref="SkopeoOptions"/> says.</summary>
public sealed record SkopeoEndpoint
{
    /// <summary>Where credentials come from; null takes <see cref="SkopeoOptions.Credentials"/>.</summary>
    public CredentialStore? Credentials { get; init; }

    /// <summary>Whether TLS and its certificates are insisted on; null does so unless the registry is on this machine.</summary>
    public bool? VerifyTls { get; init; }

    /// <summary>A folder with the certificate authority of a registry (<c>*.crt</c>) and our own certificate (<c>*.cert</c>, <c>*.key</c>).</summary>
    public string? CertificateFolder { get; init; }

    /// <summary>The Docker daemon of the transport <c>docker-daemon:</c>, such as <c>unix:///var/run/docker.sock</c>.</summary>
    public string? DaemonHost { get; init; }

    /// <summary>The folder that OCI layouts share their blobs in.</summary>
    public string? SharedBlobFolder { get; init; }
}
