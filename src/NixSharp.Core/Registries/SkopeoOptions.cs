namespace NixSharp.Registries;

/// <summary>How <see cref="SkopeoClient"/> runs <c>skopeo</c>.</summary>
public sealed record SkopeoOptions
{
    /// <summary>The program: a name on PATH, or a path.</summary>
    public string Program { get; init; } = "skopeo";

    /// <summary>Where credentials come from; those that are found reach skopeo in a file that only this user can read.</summary>
    public CredentialStore Credentials { get; init; } = CredentialStore.Default;

    /// <summary>Talks plain HTTP to registries, or TLS without checking certificates. Always so on this machine.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>Copies all images of an index, not only the one for this machine.</summary>
    public bool AllImages { get; init; }

    /// <summary>Does without a signature policy, for machines that have no <c>/etc/containers/policy.json</c>.</summary>
    public bool InsecurePolicy { get; init; }

    /// <summary>More arguments for the command.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>Gets each line that skopeo prints while it works.</summary>
    public IProgress<string>? Log { get; init; }
}
