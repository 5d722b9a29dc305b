using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.SupplyChain.Bills;

namespace NixSharp.SupplyChain;

/// <summary>SLSA provenance, version 1, of images of closures.</summary>
public static class Provenance
{
    /// <summary>The predicate type.</summary>
    public const string PredicateType = "https://slsa.dev/provenance/v1";

    /// <summary>The build type where none is given: an image put together of store paths.</summary>
    public const string DefaultBuildType = "urn:nixsharp:image-of-closure:v1";

    /// <summary>
    /// Says how an image came to be: its parameters are the roots of the closure; what it was resolved to are the store
    /// paths by the digests of their NARs, the derivations by those of their files, and the downloads by what these fix.
    /// </summary>
    public static JObject Write(BillOfMaterials bill, ImageSubject image, ProvenanceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bill);
        ArgumentNullException.ThrowIfNull(image);
        options ??= new ProvenanceOptions();
        var parameters = (JObject)options.Parameters.DeepClone();
        parameters["storePaths"] = new JArray(bill.Roots.Select(static root => root.ToString()));
        var metadata = new JObject();
        Add(metadata, "invocationId", options.InvocationId);
        Add(metadata, "startedOn", options.StartedOn is { } started ? BillText.Time(started) : null);
        Add(metadata, "finishedOn", options.FinishedOn is { } finished ? BillText.Time(finished) : null);
        return InToto.Statement(PredicateType, image, new JObject
        {
            ["buildDefinition"] = new JObject
            {
                ["buildType"] = options.BuildType,
                ["externalParameters"] = parameters,
                ["resolvedDependencies"] = new JArray(Dependencies(bill)),
            },
            ["runDetails"] = new JObject
            {
                ["builder"] = new JObject { ["id"] = options.BuilderId, ["version"] = new JObject { ["nixsharp"] = BillText.ToolVersion } },
                ["metadata"] = metadata,
            },
        });
    }

    private static IEnumerable<JObject> Dependencies(BillOfMaterials bill)
    {
        foreach (var component in bill.Components)
        {
            yield return new JObject
            {
                ["name"] = component.Path.ToString(),
                ["uri"] = component.PackageUrl,
                ["digest"] = Digest(component.NarHash),
                ["mediaType"] = "application/x-nix-nar",
            };
        }

        foreach (var component in bill.Components.Where(static component => component.DeriverHash is not null).DistinctBy(static component => component.Deriver))
        {
            yield return new JObject { ["name"] = component.Deriver.ToString(), ["digest"] = Digest(component.DeriverHash!.Value) };
        }

        foreach (var source in bill.Components.SelectMany(static component => component.Sources).Distinct())
        {
            var json = new JObject { ["uri"] = source.Url };
            if (source.FileHash is { } hash)
            {
                json["digest"] = Digest(hash);
            }

            yield return json;
        }
    }

    private static JObject Digest(NixHash hash) => new() { [hash.Algorithm.ToString().ToLowerInvariant()] = BillText.Hex(hash) };

    private static void Add(JObject json, string name, string? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }
}
