using System.Net;

namespace NixSharp.Registries;

/// <summary>Keeps credentials for registries where skopeo, Podman and Docker find them too.</summary>
public static class RegistryLogin
{
    /// <summary>
    /// Has the registry check the credentials, and keeps them: in the first of the files that
    /// <see cref="CredentialStore.Default"/> names, or with the helper that this file or <c>registries.conf</c> names. Only this user can read
    /// the file; everything else in it stays as it is.
    /// </summary>
    /// <param name="registry">The registry, or a namespace in it that the credentials are for: <c>quay.io</c>, <c>quay.io/acme</c>.</param>
    /// <param name="credentials">The credentials.</param>
    /// <param name="options">How the registry is talked to, and which file keeps the credentials.</param>
    /// <param name="cancellationToken">Stops the login; nothing is kept then.</param>
    /// <returns>The file or helper that has the credentials now.</returns>
    /// <exception cref="RegistryException">The registry refuses them, or they cannot be kept (<c>NIXS4125</c>).</exception>
    public static async Task<string> LoginAsync(string registry, RegistryCredentials credentials, LoginOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        options ??= new LoginOptions();
        var address = RegistryAddress.Parse(registry);
        if (credentials.Username.Contains(':', StringComparison.Ordinal))
        {
            throw new RegistryException(NixErrorCodes.CredentialsNotStored, "A user name with a colon cannot be kept: files of credentials have the colon between name and password. Use another name.");
        }

        await CheckAsync(address, credentials, options, cancellationToken).ConfigureAwait(false);
        if (Store(options).Helpers()[0] is var helper && helper != CredentialStore.AuthFiles)
        {
            await CredentialHelper.StoreAsync(helper, address.Registry, credentials, CredentialStore.ConfigurationName, cancellationToken).ConfigureAwait(false);
            return $"docker-credential-{helper}";
        }

        return await CredentialFile.EditAsync(PathOf(options), file => file.StoreAsync(address, credentials, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets the credentials that <see cref="LoginAsync"/> keeps for a registry or namespace.</summary>
    /// <returns>What was done, and where credentials for it still are.</returns>
    /// <exception cref="RegistryException">The file or helper cannot be changed (<c>NIXS4125</c>, <c>NIXS4109</c>).</exception>
    public static async Task<LogoutResult> LogoutAsync(string registry, LoginOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LoginOptions();
        var address = RegistryAddress.Parse(registry);
        var isErased = false;
        foreach (var helper in Store(options).Helpers())
        {
            isErased |= helper == CredentialStore.AuthFiles
                ? await EraseInFileAsync(PathOf(options), address, cancellationToken).ConfigureAwait(false)
                : await CredentialHelper.EraseAsync(helper, address.Registry, CredentialStore.ConfigurationName, cancellationToken).ConfigureAwait(false);
        }

        var left = await Store(options).FindAsync(address, cancellationToken).ConfigureAwait(false);
        return new LogoutResult(isErased, left?.Source);
    }

    private static async Task<bool> EraseInFileAsync(string path, RegistryAddress address, CancellationToken cancellationToken) =>
        File.Exists(path) && await CredentialFile.EditAsync(path, file => file.EraseAsync(address, cancellationToken), cancellationToken).ConfigureAwait(false);

    private static CredentialStore Store(LoginOptions options) => options.AuthFile is { } file ? new CredentialStore(null, file, mayBeMissing: true) : CredentialStore.Default;

    private static string PathOf(LoginOptions options) => Store(options).Files().First().Path;

    private static async Task CheckAsync(RegistryAddress address, RegistryCredentials credentials, LoginOptions options, CancellationToken cancellationToken)
    {
        using var transport = new RegistryTransport(new RegistryEndpoint(address, options.Insecure, CredentialStore.From(credentials)), options);
        var request = new RegistryRequest(HttpMethod.Get, transport.BaseUri, RegistryScope.None, HttpStatusCode.OK);
        using var response = await transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
