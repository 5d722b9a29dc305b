using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using NixSharp.GitOps.Kubernetes.Api;
using NixSharp.Testing;

namespace NixSharp.Integration.Tests.Kubernetes;

/// <summary>A small API server over HTTPS with a certificate authority of its own, and the folder that a pod's service account would have.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _application;

    private ApiServer(WebApplication application) => _application = application;

    /// <summary>Answers requests that have the right token: a status and a body.</summary>
    public Func<HttpRequest, string, (int Status, string Body)> Answer { get; set; } = static (_, _) => (200, "{}");

    /// <summary>What was asked for, with the body.</summary>
    public ConcurrentQueue<(string Request, string Body)> Requests { get; } = [];

    public string Token { get; set; } = "first";

    public string AccountFolder => _folder.Path;

    public int Port => new Uri(_application.Urls.First()).Port;

    public ClusterAccess Access => new()
    {
        Server = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{Port}")),
        TokenFile = _folder["token"],
        CertificateAuthorityFile = _folder["ca.crt"],
        Namespace = "nix",
    };

    public static async Task<ApiServer> StartAsync()
    {
        var (authority, certificate) = MakeCertificates();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate)));
        var application = builder.Build();
        var server = new ApiServer(application);
        server._folder.Write("ca.crt", authority.ExportCertificatePem());
        server._folder.Write("token", server.Token + "\n");
        server._folder.Write("namespace", "nix");
        application.Run(server.HandleAsync);
        await application.StartAsync();
        return server;
    }

    /// <summary>Gives the account a new token, as kubelet does; the old one is not taken any more.</summary>
    public void RenewToken(string token)
    {
        Token = token;
        _folder.Write("token", token);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        _folder.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
        var request = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
        var (status, text) = context.Request.Headers.Authorization == $"Bearer {Token}"
            ? Answer(context.Request, body)
            : (401, new JObject { ["kind"] = "Status", ["message"] = "Unauthorized" }.ToString());
        Requests.Enqueue((request, body));
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(text);
    }

    private static (X509Certificate2 Authority, X509Certificate2 Server) MakeCertificates()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var authority = authorityRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(12), [1, 2, 3]);
        using var withKey = signed.CopyWithPrivateKey(key);
        return (authority, X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null));
    }
}
