using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;

namespace NixSharp.SupplyChain.Signing;

/// <summary>DSSE envelopes: a payload with its type and signatures of both.</summary>
internal static class Dsse
{
    public const string MediaType = "application/vnd.dsse.envelope.v1+json";

    private const int MaxSignatures = 16;

    public static byte[] Sign(string payloadType, ReadOnlySpan<byte> payload, CosignKey key) => ImageJson.Write(new JObject
    {
        ["payloadType"] = payloadType,
        ["payload"] = Convert.ToBase64String(payload),
        ["signatures"] = new JArray(new JObject { ["keyid"] = "", ["sig"] = Convert.ToBase64String(key.Sign(Authenticated(payloadType, payload))) }),
    });

    /// <summary>The payload, if one of the envelope's signatures is the key's; else null.</summary>
    public static byte[]? Open(JObject envelope, string payloadType, CosignPublicKey key)
    {
        if (envelope.Text("payloadType") != payloadType || Bytes(envelope.Text("payload")) is not { } payload)
        {
            return null;
        }

        var message = Authenticated(payloadType, payload);
        return envelope.Items("signatures").Take(MaxSignatures).Any(item => Bytes(item.Text("sig")) is { } signature && key.Verify(message, signature))
            ? payload
            : null;
    }

    public static byte[]? Bytes(string? base64)
    {
        var bytes = new byte[base64?.Length ?? 0];
        return base64 is not null && Convert.TryFromBase64String(base64, bytes, out var count) ? bytes[..count] : null;
    }

    /// <summary>The "pre-authentication encoding": what the signature really signs.</summary>
    private static byte[] Authenticated(string type, ReadOnlySpan<byte> payload) =>
    [
        .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {payload.Length} ")),
        .. payload,
    ];
}
