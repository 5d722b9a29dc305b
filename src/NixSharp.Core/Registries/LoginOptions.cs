namespace NixSharp.Registries;

/// <summary>How credentials are checked and kept. Those of <see cref="RegistryOptions.Credentials"/> have no part in it.</summary>
public sealed record LoginOptions : RegistryOptions
{
    /// <summary>The file that keeps the credentials. Null takes the first that <see cref="CredentialStore.Default"/> names.</summary>
    public string? AuthFile { get; init; }
}
