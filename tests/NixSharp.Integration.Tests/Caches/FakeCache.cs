using System.Globalization;
using System.Net;
using NixSharp.Integration.Tests.Registries;

namespace NixSharp.Integration.Tests.Caches;

/// <summary>A web server on loopback for a folder with a cache: files with entity tags, ranges and uploads. It answers well unless a test has it do otherwise.</summary>
internal sealed class FakeCache(string folder) : FakeServer
{
    public string Uri => $"http://{Host}";

    public int Count(string ending) => Requests.Count(request => request.Plain.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>Answers requests for NARs in place of the server, where it returns true; it is given the file's bytes.</summary>
    public void InterceptNars(Func<FakeExchange, byte[], bool> answer) =>
        Intercept = exchange => exchange.Request.Plain.StartsWith("/nar/", StringComparison.Ordinal) && answer(exchange, File.ReadAllBytes(FileOf(exchange.Request)));

    /// <summary>The file that a request is about.</summary>
    public string FileOf(FakeRequest request) => Path.Combine(folder, System.Uri.UnescapeDataString(request.Plain).TrimStart('/'));

    protected override bool Serve(FakeExchange exchange)
    {
        var file = FileOf(exchange.Request);
        if (exchange.Request.Method == "PUT")
        {
            var body = exchange.ReadBody();
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, body);
            return exchange.Answer(HttpStatusCode.Created);
        }

        if (!File.Exists(file))
        {
            return exchange.Answer(HttpStatusCode.NotFound);
        }

        var bytes = File.ReadAllBytes(file);
        var tag = TagOf(bytes);
        var offset = Offset(exchange.Request);
        return offset is { } from && (!exchange.Request.Headers.TryGetValue("If-Range", out var condition) || condition == tag)
            ? exchange.Answer(HttpStatusCode.PartialContent, bytes[from..], ("ETag", tag), ("Content-Range", $"bytes {from}-{bytes.Length - 1}/{bytes.Length}"))
            : exchange.Answer(HttpStatusCode.OK, bytes, ("ETag", tag));
    }

    /// <summary>Where a request wants to begin; null for the whole file.</summary>
    public static int? Offset(FakeRequest request) => request.Headers.TryGetValue("Range", out var range)
        ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
        : null;

    public static string TagOf(byte[] bytes) => $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))[..16]}\"";
}
