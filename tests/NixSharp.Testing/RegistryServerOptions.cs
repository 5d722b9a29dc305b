namespace NixSharp.Testing;

/// <summary>How a <see cref="RegistryServer"/> is set up.</summary>
public sealed record RegistryServerOptions
{
    /// <summary>Lines of names and bcrypt hashes, for basic authentication.</summary>
    public string? Htpasswd { get; init; }

    /// <summary>Who issues the tokens that it wants, for bearer authentication.</summary>
    public TestTokenServer? Tokens { get; init; }

    /// <summary>Who issues its certificate; null leaves it without TLS.</summary>
    public TestAuthority? Authority { get; init; }

    /// <summary>Whether its clients have to show a certificate of that authority too.</summary>
    public bool WantsClientCertificate { get; init; }

    /// <summary>Whether it deletes what it is asked to.</summary>
    public bool Deletes { get; init; } = true;
}
