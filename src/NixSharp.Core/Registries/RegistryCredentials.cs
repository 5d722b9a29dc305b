namespace NixSharp.Registries;

/// <summary>A user name with a password or access token, or an identity token. Printing one shows no secret.</summary>
public sealed class RegistryCredentials
{
    /// <summary>Takes a user name and a password or access token.</summary>
    public RegistryCredentials(string username, string password)
        : this(username, password, null, "the options")
    {
    }

    internal RegistryCredentials(string username, string password, string? identityToken, string source)
    {
        ArgumentNullException.ThrowIfNull(username);
        ArgumentNullException.ThrowIfNull(password);
        Username = username;
        Password = password;
        IdentityToken = identityToken;
        Source = source;
    }

    /// <summary>The user name; empty where there is an identity token only.</summary>
    public string Username { get; }

    /// <summary>Where the credentials were found: a file, a helper program, or the options.</summary>
    public string Source { get; }

    internal string Password { get; }

    /// <summary>A refresh token, which the token server takes instead of user name and password.</summary>
    internal string? IdentityToken { get; }

    /// <summary>Takes an identity token, as <c>docker login</c> gets from some registries.</summary>
    public static RegistryCredentials FromIdentityToken(string token)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        return new RegistryCredentials("", "", token, "the options");
    }

    /// <summary>User and source, without the secret.</summary>
    public override string ToString() => IdentityToken is null ? $"user '{Username}' from {Source}" : $"identity token from {Source}";
}
