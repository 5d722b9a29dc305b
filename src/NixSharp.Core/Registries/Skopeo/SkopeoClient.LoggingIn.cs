using NixSharp.Processes;

namespace NixSharp.Registries.Skopeo;

public sealed partial class SkopeoClient
{
    private const string NotLoggedIn = "not logged into";

    /// <summary>Checks credentials with a registry and keeps them in skopeo's file. The password goes to its standard input.</summary>
    /// <param name="registry">The registry's host, or a repository or its beginning: <c>quay.io</c>, <c>quay.io/acme</c>.</param>
    /// <param name="credentials">User name and password.</param>
    /// <param name="options">Where they are kept; null takes the defaults.</param>
    /// <param name="cancellationToken">Stops skopeo.</param>
    /// <exception cref="ArgumentException">The credentials are an identity token, which skopeo cannot log in with.</exception>
    public async Task LoginAsync(
        string registry,
        RegistryCredentials credentials,
        SkopeoLoginOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        if (credentials.IdentityToken is not null)
        {
            throw new ArgumentException("skopeo logs in with a user name and a password only, not with an identity token.", nameof(credentials));
        }

        options ??= new SkopeoLoginOptions();
        var arguments = options.AddTo(new SkopeoArguments("login"))
            .Add("--username", credentials.Username)
            .Add("--password-stdin", true)
            .Add("--cert-dir", options.CertificateFolder);
        SkopeoAccess.AddTls(arguments, "--tls-verify", options.VerifyTls, options.CertificateFolder, HostOf(registry), _options);
        await RunAsync(arguments, [registry], credentials.Password, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The user name that skopeo has for a registry; null where it has none.</summary>
    /// <param name="registry">The registry, as it was logged in to.</param>
    /// <param name="options">Where credentials are kept; null takes the defaults.</param>
    /// <param name="cancellationToken">Stops skopeo.</param>
    public async Task<string?> GetLoginAsync(string registry, SkopeoLoginOptions? options = null, CancellationToken cancellationToken = default)
    {
        _ = HostOf(registry);
        try
        {
            var arguments = (options ?? new SkopeoLoginOptions()).AddTo(new SkopeoArguments("login")).Add("--get-login", true);
            return (await RunAsync(arguments, [registry], cancellationToken).ConfigureAwait(false)).Result.Output.Trim();
        }
        catch (NixProcessException exception) when (IsNotLoggedIn(exception))
        {
            return null;
        }
    }

    /// <summary>Forgets the credentials for a registry; false where there were none.</summary>
    /// <param name="registry">The registry, as it was logged in to.</param>
    /// <param name="options">Where credentials are kept; null takes the defaults.</param>
    /// <param name="cancellationToken">Stops skopeo.</param>
    public async Task<bool> LogoutAsync(string registry, SkopeoLoginOptions? options = null, CancellationToken cancellationToken = default)
    {
        _ = HostOf(registry);
        try
        {
            await RunAsync((options ?? new SkopeoLoginOptions()).AddTo(new SkopeoArguments("logout")), [registry], cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (NixProcessException exception) when (IsNotLoggedIn(exception))
        {
            return false;
        }
    }

    /// <summary>Forgets all credentials in skopeo's file.</summary>
    /// <param name="options">Where credentials are kept; null takes the defaults.</param>
    /// <param name="cancellationToken">Stops skopeo.</param>
    public Task LogoutAllAsync(SkopeoLoginOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync((options ?? new SkopeoLoginOptions()).AddTo(new SkopeoArguments("logout")).Add("--all", true), [], cancellationToken);

    private static bool IsNotLoggedIn(NixProcessException exception) =>
        exception.ErrorTail.Any(static line => line.Contains(NotLoggedIn, StringComparison.Ordinal));

    private static ImageReference HostOf(string registry)
    {
        ArgumentException.ThrowIfNullOrEmpty(registry);
        return ImageReference.Parse($"{registry.TrimEnd('/')}/any");
    }
}
