namespace NixSharp.Registries;

/// <summary>Where a repository is asked for, which may be a mirror, or another place than its name says.</summary>
/// <param name="Address">The registry and the repository there.</param>
/// <param name="IsInsecure">Whether its certificate need not be trusted, and plain HTTP does where there is no TLS.</param>
/// <param name="Credentials">Where credentials for it come from.</param>
internal sealed record RegistryEndpoint(RegistryAddress Address, bool IsInsecure, CredentialStore Credentials);
