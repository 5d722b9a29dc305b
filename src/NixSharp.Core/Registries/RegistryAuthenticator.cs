using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;

namespace NixSharp.Registries;

/// <summary>
/// Answers challenges, and remembers what the registry wants and which tokens it gave. Credentials are looked up at the
/// first challenge only, so that what is public needs none.
/// </summary>
internal sealed class RegistryAuthenticator(RegistryAddress address, Func<Uri> registry, CredentialStore store, TokenServer tokens) : IDisposable
{
    private readonly ConcurrentDictionary<string, RegistryToken> _tokens = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile AuthChallenge? _challenge;
    private RegistryCredentials? _credentials;
    private bool _looked;

    /// <summary>The header for a request, if the registry is known to want one.</summary>
    public async Task<AuthenticationHeaderValue?> AuthorizeAsync(RegistryScope scope, CancellationToken cancellationToken) => _challenge switch
    {
        null => null,
        { IsBearer: true } challenge => await GetTokenAsync(challenge, scope, cancellationToken).ConfigureAwait(false),
        _ => Basic(await LookAsync(cancellationToken).ConfigureAwait(false)),
    };

    /// <summary>Takes in a refusal; true where another try with a new header is worth it.</summary>
    public async Task<bool> LearnAsync(HttpResponseMessage response, RegistryScope scope, AuthenticationHeaderValue? sent, CancellationToken cancellationToken)
    {
        if (AuthChallenge.Choose(response.Headers.WwwAuthenticate) is not { } challenge)
        {
            return false;
        }

        if (challenge.IsBearer)
        {
            TokenServer.CheckRealm(challenge, registry(), response);
        }
        else if (sent?.Scheme == "Basic" || await LookAsync(cancellationToken).ConfigureAwait(false) is not { IdentityToken: null })
        {
            return false;
        }

        _challenge = challenge;
        if (_tokens.TryGetValue(scope.Key, out var token) && token.Value == sent?.Parameter)
        {
            _tokens.TryRemove(new KeyValuePair<string, RegistryToken>(scope.Key, token));
        }

        return true;
    }

    /// <summary>What can be said of credentials when access is denied.</summary>
    public string Explain()
    {
        if (_credentials is { } used)
        {
            return $"The {used} may not do this: check the name and the password, and that they may push to or pull from {address}.";
        }

        var looked = string.Join(", ", store.Files().Select(static file => file.Path));
        return $"No credentials for {address.Registry} were found{(looked.Length == 0 ? "" : $" in {looked}")}: log in with 'nixsharp image login {address.Registry}', or name another file.";
    }

    public void Dispose() => _gate.Dispose();

    private static AuthenticationHeaderValue? Basic(RegistryCredentials? credentials) => credentials is null
        ? null
        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.Username}:{credentials.Password}")));

    private async Task<AuthenticationHeaderValue> GetTokenAsync(AuthChallenge challenge, RegistryScope scope, CancellationToken cancellationToken)
    {
        if (!_tokens.TryGetValue(scope.Key, out var token) || token.IsOver)
        {
            var credentials = await LookAsync(cancellationToken).ConfigureAwait(false);
            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                // Several requests found the token missing at once; one of them fetches it for all.
                if (!_tokens.TryGetValue(scope.Key, out token) || token.IsOver)
                {
                    token = await tokens.FetchAsync(challenge, scope, credentials, Explain, cancellationToken).ConfigureAwait(false);
                    _tokens[scope.Key] = token;
                }
            }
            finally
            {
                _gate.Release();
            }
        }

        return new AuthenticationHeaderValue("Bearer", token.Value);
    }

    private async Task<RegistryCredentials?> LookAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_looked)
            {
                _credentials = await store.FindAsync(address, cancellationToken).ConfigureAwait(false);
                _looked = true;
            }

            return _credentials;
        }
        finally
        {
            _gate.Release();
        }
    }
}
