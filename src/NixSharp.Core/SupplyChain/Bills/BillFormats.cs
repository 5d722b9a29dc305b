using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Json;

namespace NixSharp.SupplyChain.Bills;

/// <summary>What follows from the format of a bill.</summary>
public static class BillFormats
{
    /// <summary>Writes a bill in this format.</summary>
    public static JObject Write(this BillFormat format, BillOfMaterials bill, BillOptions? options = null) =>
        format == BillFormat.Spdx ? Spdx.Write(bill, options) : CycloneDx.Write(bill, options);

    /// <summary>Writes a bill in this format to a file, in place of what is there.</summary>
    /// <exception cref="NixFileException">The file cannot be written.</exception>
    public static Task WriteFileAsync(this BillFormat format, BillOfMaterials bill, string file, BillOptions? options = null, CancellationToken cancellationToken = default) =>
        AtomicFile.WriteAsync(file, Encoding.UTF8.GetBytes(JsonText.Format(format.Write(bill, options))), cancellationToken);

    /// <summary>The media type, which is also the artifact type.</summary>
    public static string GetMediaType(this BillFormat format) => format == BillFormat.Spdx ? Spdx.MediaType : CycloneDx.MediaType;

    /// <summary>The type of a bill as a predicate.</summary>
    public static string GetPredicateType(this BillFormat format) => format == BillFormat.Spdx ? Spdx.PredicateType : CycloneDx.PredicateType;
}
