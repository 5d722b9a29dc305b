namespace NixSharp.Registries.Skopeo;

/// <summary>How <see cref="SkopeoClient"/> runs <c>skopeo</c>.</summary>
public sealed record SkopeoOptions
{
    /// <summary>The program: a name on PATH, or a path.</summary>
    public string Program { get; init; } = "skopeo";

    /// <summary>Where credentials come from; those that are found reach skopeo in a file that only this user can read.</summary>
    public CredentialStore Credentials { get; init; } = CredentialStore.Default;

    /// <summary>
    /// Talks plain HTTP to registries, or TLS without checking certificates. So it is with registries on this machine,
    /// unless <see cref="SkopeoEndpoint.VerifyTls"/> or <see cref="SkopeoEndpoint.CertificateFolder"/> says otherwise.
    /// </summary>
    public bool PlainHttp { get; init; }

    /// <summary>Does without a signature policy, for machines that have no <c>/etc/containers/policy.json</c>.</summary>
    public bool InsecurePolicy { get; init; }

    /// <summary>The signature policy in place of <c>/etc/containers/policy.json</c>.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>The folder with the configuration of registries in place of <c>/etc/containers/registries.d</c>.</summary>
    public string? RegistriesFolder { get; init; }

    /// <summary>Where skopeo puts its temporary files, in place of <c>/var/tmp</c>.</summary>
    public string? TemporaryFolder { get; init; }

    /// <summary>The processor that an image is chosen for, by Go's name, in place of this machine's.</summary>
    public string? Architecture { get; init; }

    /// <summary>The operating system that an image is chosen for, by Go's name, in place of this machine's.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>The variant of the processor that an image is chosen for.</summary>
    public string? Variant { get; init; }

    /// <summary>How long one run of skopeo may take; null lets it take its time.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// How often skopeo is run before a failure that may pass is given up: a registry that is busy or down, or a
    /// connection that broke. What arrived in an earlier attempt is not sent again.
    /// </summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>The wait before the second attempt; it doubles with each one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>More arguments for the command. They are visible to every user of the machine: no secrets here.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>Gets each line that skopeo prints while it works.</summary>
    public IProgress<string>? Log { get; init; }
}
