using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.SupplyChain.Bills;

/// <summary>What both formats of bills have in common.</summary>
internal static class BillText
{
    public static string ToolVersion { get; } = typeof(BillText).Assembly.GetName().Version!.ToString(3);

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Hex(NixHash hash) => Convert.ToHexStringLower(hash.Digest);

    /// <summary>What the bill is about: the image, else the only root, else the closure by whatever name it was given.</summary>
    public static string NameOf(BillOfMaterials bill, BillOptions options) =>
        options.Name ?? options.Image?.Name ?? (bill.Roots is [var root] ? root.Name : "closure");

    /// <summary>A UUID (version 8, RFC 9562) that follows from what a document says.</summary>
    public static string Uuid(JObject document)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(document.ToString(Formatting.None))).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <summary>The component that the bill is about, where it is one and no image.</summary>
    public static StorePath? Subject(BillOfMaterials bill, BillOptions options) =>
        options.Image is null && bill.Roots is [var root] ? root : null;
}
