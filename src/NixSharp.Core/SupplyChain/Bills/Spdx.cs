using Newtonsoft.Json.Linq;
using NixSharp.StorePaths;

namespace NixSharp.SupplyChain.Bills;

/// <summary>Writes bills of materials as SPDX 2.3, JSON.</summary>
public static class Spdx
{
    /// <summary>The media type of such a bill, and the artifact type that it is attached by.</summary>
    public const string MediaType = "application/spdx+json";

    /// <summary>The type of such a bill as the predicate of an attestation.</summary>
    public const string PredicateType = "https://spdx.dev/Document";

    private const string Document = "SPDXRef-DOCUMENT";
    private const string WholeId = "SPDXRef-closure";
    private const string Unknown = "NOASSERTION";

    /// <summary>Writes <paramref name="bill"/>. Its namespace follows from all else that it says.</summary>
    public static JObject Write(BillOfMaterials bill, BillOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bill);
        options ??= new BillOptions();
        var subject = BillText.Subject(bill, options);
        var packages = bill.Components.Select(component => Package(component, component.Path == subject));
        var name = BillText.NameOf(bill, options);
        var document = new JObject
        {
            ["spdxVersion"] = "SPDX-2.3",
            ["dataLicense"] = "CC0-1.0",
            ["SPDXID"] = Document,
            ["name"] = name,
            ["creationInfo"] = new JObject
            {
                ["created"] = BillText.Time(options.Created),
                ["creators"] = new JArray($"Tool: nixsharp-{BillText.ToolVersion}"),
            },
            ["packages"] = new JArray(subject is null ? packages.Prepend(Whole(name, options.Image)) : packages),
            ["relationships"] = new JArray(Relationships(bill, subject)),
        };
        var space = $"https://spdx.org/spdxdocs/{Uri.EscapeDataString(name)}-{BillText.Uuid(document)}";
        document["name"]!.Parent!.AddAfterSelf(new JProperty("documentNamespace", space));
        return document;
    }

    private static JObject Whole(string name, ImageSubject? image)
    {
        var json = Package(WholeId, name, image?.Digest.ToString(), image is null ? "APPLICATION" : "CONTAINER");
        if (image is not null)
        {
            json["checksums"] = new JArray(new JObject { ["algorithm"] = "SHA256", ["checksumValue"] = image.Digest.Hex });
            json["externalRefs"] = new JArray(Reference(PackageUrl.Oci(image)));
        }

        return json;
    }

    private static JObject Package(BillComponent component, bool isSubject)
    {
        var json = Package(Id(component.Path), component.Package.Name, component.Package.Version, isSubject ? "APPLICATION" : "LIBRARY");
        json["packageFileName"] = component.Path.ToString();
        json["checksums"] = new JArray(new JObject { ["algorithm"] = "SHA256", ["checksumValue"] = BillText.Hex(component.NarHash) });
        json["externalRefs"] = new JArray(Reference(component.PackageUrl));
        json["sourceInfo"] = string.Join(
            '\n',
            [
                "The checksum is that of the path's NAR.",
                .. component.Deriver is { } deriver ? [$"Built by {deriver}, output {component.Output}."] : (string[])[],
                .. component.Sources.Select(static source => $"Built from {source.Url}{(source.FileHash is { } hash ? $" ({hash})" : "")}."),
            ]);
        return json;
    }

    private static JObject Package(string id, string name, string? version, string purpose)
    {
        var json = new JObject { ["SPDXID"] = id, ["name"] = name };
        if (version is not null)
        {
            json["versionInfo"] = version;
        }

        json["primaryPackagePurpose"] = purpose;
        json["downloadLocation"] = Unknown;
        json["filesAnalyzed"] = false;
        json["licenseConcluded"] = Unknown;
        json["licenseDeclared"] = Unknown;
        json["copyrightText"] = Unknown;
        return json;
    }

    private static JObject Reference(string purl) => new()
    {
        ["referenceCategory"] = "PACKAGE-MANAGER",
        ["referenceType"] = "purl",
        ["referenceLocator"] = purl,
    };

    private static IEnumerable<JObject> Relationships(BillOfMaterials bill, StorePath? subject)
    {
        yield return Relationship(Document, "DESCRIBES", subject is { } described ? Id(described) : WholeId);
        foreach (var root in subject is null ? bill.Roots : [])
        {
            yield return Relationship(WholeId, "CONTAINS", Id(root));
        }

        foreach (var component in bill.Components)
        {
            foreach (var dependency in component.Dependencies)
            {
                yield return Relationship(Id(component.Path), "DEPENDS_ON", Id(dependency));
            }
        }
    }

    private static JObject Relationship(string from, string type, string to) => new()
    {
        ["spdxElementId"] = from,
        ["relationshipType"] = type,
        ["relatedSpdxElement"] = to,
    };

    /// <summary>Identifiers have letters, digits, dots and dashes only; the hash in front keeps them apart.</summary>
    private static string Id(StorePath path) =>
        "SPDXRef-" + string.Concat(path.BaseName.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-'));
}
