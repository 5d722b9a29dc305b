using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace NixSharp.Testing;

/// <summary>A token server, as the distribution project's token specification has it, whose tokens docker-registry takes.</summary>
public sealed class TestTokenServer : TestWebServer
{
    public const string Service = "test-registry";
    public const string Issuer = "test-tokens";
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;
    private readonly ConcurrentQueue<string> _forms = new();

    private TestTokenServer(TestAuthority? authority)
        : base(authority)
    {
        var request = new CertificateRequest("CN=tokens", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(10));
    }

    /// <summary>The certificate by which its tokens are checked.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>Where tokens are to be had.</summary>
    public string Realm => $"{Uri}token";

    /// <summary>The account that may do everything; all others may pull.</summary>
    public string User { get; init; } = "alice";

    public string Password { get; init; } = "s3cret";

    /// <summary>What is taken in place of name and password, where a test says so.</summary>
    public string IdentityToken { get; init; } = "identity-s3cret";

    /// <summary>How long its tokens last, in seconds.</summary>
    public int Life { get; set; } = 300;

    /// <summary>The bodies that were posted.</summary>
    public IReadOnlyCollection<string> Forms => _forms;

    /// <summary>Starts a server.</summary>
    public static async Task<TestTokenServer> StartAsync(TestAuthority? authority = null)
    {
        var server = new TestTokenServer(authority);
        await server.OpenAsync();
        return server;
    }

    protected override async Task AnswerAsync(HttpContext context)
    {
        string?[] scopes;
        bool isKnown, isRefused;
        if (HttpMethods.IsPost(context.Request.Method))
        {
            var form = await context.Request.ReadFormAsync();
            _forms.Enqueue(string.Join('&', form.Select(static field => $"{field.Key}={field.Value}")));
            scopes = ((string?)form["scope"] ?? "").Split(' ');
            isKnown = form["refresh_token"] == IdentityToken;
            isRefused = !isKnown;
        }
        else
        {
            scopes = [.. context.Request.Query["scope"]];
            var authorization = (string?)context.Request.Headers.Authorization;
            isKnown = authorization == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"))}";
            isRefused = !isKnown && authorization is not null;
        }

        if (isRefused)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await context.Response.WriteAsync("""{ "errors": [{ "code": "UNAUTHORIZED", "message": "wrong credentials" }] }""");
            return;
        }

        var token = Sign(scopes.OfType<string>().Where(static scope => scope.Length > 0), isKnown);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(new JObject { ["token"] = token, ["expires_in"] = Life }.ToString());
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Encode(JObject json) => Encode(Encoding.UTF8.GetBytes(json.ToString(Formatting.None)));

    private string Sign(IEnumerable<string> scopes, bool isKnown)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var access = scopes.Select(static scope => scope.Split(':')).Select(parts => new JObject
        {
            ["type"] = parts[0],
            ["name"] = string.Join(':', parts[1..^1]),
            ["actions"] = new JArray(parts[^1].Split(',').Where(action => isKnown || action == "pull")),
        });
        var header = new JObject { ["typ"] = "JWT", ["alg"] = "RS256", ["x5c"] = new JArray(Convert.ToBase64String(_certificate.RawData)) };
        var claims = new JObject
        {
            ["iss"] = Issuer,
            ["sub"] = isKnown ? User : "",
            ["aud"] = Service,
            ["exp"] = now + Life,
            ["nbf"] = now - 10,
            ["iat"] = now,
            ["jti"] = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture),
            ["access"] = new JArray(access),
        };
        var text = $"{Encode(header)}.{Encode(claims)}";
        return $"{text}.{Encode(_key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }
}
