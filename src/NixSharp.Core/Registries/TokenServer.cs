using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Newtonsoft.Json.Linq;

namespace NixSharp.Registries;

/// <summary>Fetches bearer tokens, as the distribution project's token specification says.</summary>
internal sealed class TokenServer(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send)
{
    private const int MaxAnswerSize = 1 << 20;
    private const int DefaultLifeSeconds = 60;
    private const int MaxLifeSeconds = 3600;
    private const string ClientId = "nixsharp";

    /// <summary>Refuses a token server to which credentials would go in the open.</summary>
    public static void CheckRealm(AuthChallenge challenge, Uri registry, HttpResponseMessage response)
    {
        if (!Uri.TryCreate(challenge.Realm, UriKind.Absolute, out var realm) ||
            realm.UserInfo.Length > 0 ||
            (realm.Scheme != Uri.UriSchemeHttps && (realm.Scheme != Uri.UriSchemeHttp || registry.Scheme != Uri.UriSchemeHttp)))
        {
            throw RegistryAnswer.Malformed(response, $"it wants a token from a server that is not https ('{Shown(challenge.Realm)}')");
        }
    }

    public async Task<RegistryToken> FetchAsync(
        AuthChallenge challenge,
        RegistryScope scope,
        RegistryCredentials? credentials,
        Func<string> explain,
        CancellationToken cancellationToken)
    {
        var asked = Environment.TickCount64;
        using var request = Build(challenge, scope, credentials);
        using var response = await send(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw await RegistryAnswer.ToExceptionAsync(response, explain, cancellationToken).ConfigureAwait(false);
        }

        var answer = await RegistryAnswer.ReadObjectAsync(response, MaxAnswerSize, cancellationToken).ConfigureAwait(false);
        var token = (answer["token"] ?? answer["access_token"]) is JValue { Value: string { Length: > 0 } text } ? text : null;
        if (token is null || token.Any(static c => c is <= ' ' or > '~'))
        {
            throw RegistryAnswer.Malformed(response, "it has no token");
        }

        var seconds = answer["expires_in"] is JValue { Value: long and > 0 and var life } ? Math.Min(life, MaxLifeSeconds) : DefaultLifeSeconds;

        // A tenth of its life goes to clocks and to the way there.
        return new RegistryToken(token, asked + (seconds * 900));
    }

    private static HttpRequestMessage Build(AuthChallenge challenge, RegistryScope scope, RegistryCredentials? credentials)
    {
        IReadOnlyList<string> scopes = scope.Values.Count > 0 ? scope.Values : challenge.Scope is { } asked ? [asked] : [];
        if (credentials?.IdentityToken is { } identity)
        {
            return new HttpRequestMessage(HttpMethod.Post, challenge.Realm)
            {
                Content = new FormUrlEncodedContent(new Dictionary<string, string>
                {
                    ["grant_type"] = "refresh_token",
                    ["service"] = challenge.Service ?? "",
                    ["client_id"] = ClientId,
                    ["scope"] = string.Join(' ', scopes),
                    ["refresh_token"] = identity,
                }),
            };
        }

        var query = new StringBuilder();
        foreach (var (name, value) in scopes.Select(static value => ("scope", value)).Prepend(("service", challenge.Service ?? "")))
        {
            if (value.Length > 0)
            {
                query.Append(query.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        var realm = new UriBuilder(challenge.Realm!);
        realm.Query = realm.Query.Length > 1 ? $"{realm.Query}&{query}" : query.ToString();
        var request = new HttpRequestMessage(HttpMethod.Get, realm.Uri);
        if (credentials is not null)
        {
            var pair = Encoding.UTF8.GetBytes($"{credentials.Username}:{credentials.Password}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
        }

        return request;
    }

    private static string Shown(string? realm) =>
        Uri.TryCreate(realm, UriKind.Absolute, out var uri) ? RegistryAnswer.Show(uri)! : "no URI";
}
