using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using NixSharp.Images.Oci;

namespace NixSharp.Integration.Tests.Registries;

/// <summary>A registry on loopback for what a real one cannot be made to do. It answers well unless a test has it do otherwise.</summary>
internal sealed class FakeRegistry : FakeServer
{
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new();
    private readonly ConcurrentDictionary<string, byte[]> _manifests = new();
    private readonly ConcurrentDictionary<string, byte[]> _sessions = new();
    private int _nextSession;

    public ICollection<string> Blobs => _blobs.Keys;

    public void Forget(string digest) => _blobs.TryRemove(digest, out _);

    /// <summary>Puts a manifest under a tag, as another client would.</summary>
    public void PutManifest(string tag, byte[] manifest) => _manifests[tag] = _manifests[OciDigest.Compute(manifest).ToString()] = manifest;

    /// <summary>Adds bytes to an upload session.</summary>
    public byte[] Append(string session, byte[] bytes) => _sessions.AddOrUpdate(session, bytes, (_, begun) => [.. begun, .. bytes]);

    /// <summary>Says how much of a session is there.</summary>
    public static bool AnswerSession(FakeExchange exchange, byte[] begun, HttpStatusCode status) =>
        exchange.Answer(status, "", ("Location", $"{exchange.Request.Plain}?state=1"), ("Range", $"0-{Math.Max(0, begun.Length - 1)}"));

    protected override bool Serve(FakeExchange exchange)
    {
        var request = exchange.Request;
        var body = exchange.ReadBody();
        var isUpload = request.Plain.Contains("/blobs/uploads/", StringComparison.Ordinal);
        switch (request.Method)
        {
            case "POST":
                var id = Interlocked.Increment(ref _nextSession).ToString(CultureInfo.InvariantCulture);
                return exchange.Answer(HttpStatusCode.Accepted, "", ("Location", $"{request.Plain}{id}"));
            case "PATCH":
                return AnswerSession(exchange, Append(request.Last, body), HttpStatusCode.Accepted);
            case "GET" when isUpload:
                return _sessions.TryGetValue(request.Last, out var begun) ? AnswerSession(exchange, begun, HttpStatusCode.NoContent) : exchange.Answer(HttpStatusCode.NotFound);
            case "PUT" when isUpload:
                byte[] blob = [.. _sessions.GetValueOrDefault(request.Last) ?? [], .. body];
                var digest = OciDigest.Compute(blob).ToString();
                if (!Uri.UnescapeDataString(request.Path).EndsWith($"digest={digest}", StringComparison.Ordinal))
                {
                    return exchange.Answer(HttpStatusCode.BadRequest);
                }

                _blobs[digest] = blob;
                return exchange.Answer(HttpStatusCode.Created);
            case "PUT":
                var name = OciDigest.Compute(body).ToString();
                _manifests[request.Last] = _manifests[name] = body;
                return exchange.Answer(HttpStatusCode.Created, "", ("Docker-Content-Digest", name));
            case "DELETE":
                return exchange.Answer(HttpStatusCode.NoContent);
            default:
                var among = request.Plain.Contains("/manifests/", StringComparison.Ordinal) ? _manifests : _blobs;
                return among.TryGetValue(request.Last, out var found)
                    ? exchange.Answer(HttpStatusCode.OK, found, ("Content-Type", TypeOf(found)), ("Docker-Content-Digest", OciDigest.Compute(found).ToString()))
                    : exchange.Answer(request.Plain == "/v2/" ? HttpStatusCode.OK : HttpStatusCode.NotFound);
        }
    }

    private static string TypeOf(ReadOnlySpan<byte> content) => content.IndexOf("\"manifests\""u8) >= 0 ? OciMediaTypes.Index : OciMediaTypes.Manifest;
}
