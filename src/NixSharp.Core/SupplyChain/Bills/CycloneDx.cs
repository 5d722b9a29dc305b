using System.Globalization;
using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.SupplyChain.Bills;

/// <summary>Writes bills of materials as CycloneDX 1.6 (ECMA-424), JSON.</summary>
public static class CycloneDx
{
    /// <summary>The media type of such a bill, and the artifact type that it is attached by.</summary>
    public const string MediaType = "application/vnd.cyclonedx+json";

    /// <summary>The type of such a bill as the predicate of an attestation.</summary>
    public const string PredicateType = "https://cyclonedx.org/bom";

    /// <summary>Writes <paramref name="bill"/>. Its serial number follows from all else that it says.</summary>
    public static JObject Write(BillOfMaterials bill, BillOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bill);
        options ??= new BillOptions();
        var subject = BillText.Subject(bill, options);
        var document = new JObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JObject
            {
                ["timestamp"] = BillText.Time(options.Created),
                ["tools"] = new JObject
                {
                    ["components"] = new JArray(new JObject { ["type"] = "application", ["name"] = "nixsharp", ["version"] = BillText.ToolVersion }),
                },
                ["component"] = subject is { } root
                    ? Component(bill.Components.First(component => component.Path == root), "application")
                    : Whole(bill, options),
            },
            ["components"] = new JArray(bill.Components.Where(component => component.Path != subject).Select(static component => Component(component, "library"))),
            ["dependencies"] = Dependencies(bill, subject),
        };
        document["bomFormat"]!.Parent!.AddAfterSelf(new JProperty("serialNumber", $"urn:uuid:{BillText.Uuid(document)}"));
        return document;
    }

    private static JObject Whole(BillOfMaterials bill, BillOptions options)
    {
        var whole = new JObject { ["bom-ref"] = "closure", ["type"] = options.Image is null ? "application" : "container", ["name"] = BillText.NameOf(bill, options) };
        if (options.Image is { } image)
        {
            whole["version"] = image.Digest.ToString();
            whole["purl"] = PackageUrl.Oci(image);
        }

        return whole;
    }

    private static JObject Component(BillComponent component, string type)
    {
        var json = new JObject { ["bom-ref"] = component.Path.BaseName, ["type"] = type, ["name"] = component.Package.Name };
        if (component.Package.Version is { } version)
        {
            json["version"] = version;
        }

        json["hashes"] = new JArray(Hash(component.NarHash));
        json["purl"] = component.PackageUrl;
        if (component.Sources.Count > 0)
        {
            json["externalReferences"] = new JArray(component.Sources.Select(Source));
        }

        json["properties"] = new JArray(Properties(component).Select(static property => new JObject { ["name"] = property.Name, ["value"] = property.Value }));
        return json;
    }

    private static IEnumerable<(string Name, string Value)> Properties(BillComponent component)
    {
        yield return ("nix:output_path", component.Path.ToString());
        yield return ("nix:output_name", component.Output);
        yield return ("nix:nar_hash", component.NarHash.ToString());
        yield return ("nix:nar_size", component.NarSize.ToString(CultureInfo.InvariantCulture));
        if (component.Deriver is { } deriver)
        {
            yield return ("nix:drv_path", deriver.ToString());
        }
    }

    private static JObject Source(BillSource source)
    {
        var json = new JObject { ["type"] = "source-distribution", ["url"] = source.Url };
        if (source.FileHash is { } hash)
        {
            json["hashes"] = new JArray(Hash(hash));
        }

        return json;
    }

    private static JObject Hash(NixHash hash) => new()
    {
        ["alg"] = hash.Algorithm switch
        {
            NixHashAlgorithm.Md5 => "MD5",
            NixHashAlgorithm.Sha1 => "SHA-1",
            NixHashAlgorithm.Sha256 => "SHA-256",
            _ => "SHA-512",
        },
        ["content"] = BillText.Hex(hash),
    };

    private static JArray Dependencies(BillOfMaterials bill, StorePath? subject)
    {
        var all = bill.Components.Select(static component => Dependency(component.Path.BaseName, component.Dependencies));
        return new JArray(subject is null ? all.Prepend(Dependency("closure", bill.Roots)) : all);
    }

    private static JObject Dependency(string reference, IEnumerable<StorePath> on) => new()
    {
        ["ref"] = reference,
        ["dependsOn"] = new JArray(on.Select(static path => path.BaseName)),
    };
}
