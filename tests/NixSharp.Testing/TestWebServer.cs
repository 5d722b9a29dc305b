using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace NixSharp.Testing;

/// <summary>A web server of one test, on loopback, which keeps note of what it was asked and with which credentials.</summary>
public abstract class TestWebServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<SeenRequest> _requests = new();
    private readonly WebApplication _application;

    protected TestWebServer(TestAuthority? authority)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (authority is not null)
                {
                    listen.UseHttps(authority.IssueServer());
                }
            });
        });
        _application = builder.Build();
        _application.Run(async context =>
        {
            _requests.Enqueue(SeenRequest.From(context.Request));
            await AnswerAsync(context);
        });
    }

    /// <summary>What was asked so far.</summary>
    public IReadOnlyCollection<SeenRequest> Requests => _requests;

    /// <summary><c>http://127.0.0.1:PORT</c>.</summary>
    public Uri Uri => new(_application.Urls.Single());

    /// <summary><c>127.0.0.1:PORT</c>.</summary>
    public string Host => Uri.Authority;

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the port.</summary>
    protected Task OpenAsync() => _application.StartAsync();

    /// <summary>Answers one request.</summary>
    protected abstract Task AnswerAsync(HttpContext context);
}
