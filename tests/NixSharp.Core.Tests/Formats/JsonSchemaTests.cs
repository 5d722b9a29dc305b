using FsCheck;
using FsCheck.Fluent;
using Newtonsoft.Json.Linq;
using NixSharp.Core.Tests.Derivations;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Formats;

/// <summary>JSON that is written here is what Nix's schemas describe.</summary>
public sealed class JsonSchemaTests
{
    private static readonly JsonSchema Schema = new(GoldenData.PathOf("nixos-nix/doc/manual/source/protocols/json/schema"));

    [RequiresFact(Requirements.Golden)]
    public void Values_of_every_kind_fit_the_schemas_of_Nix() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
    {
        var random = new RandomValues(seed);
        Fits(StorePathJson.Write(random.Path()), "store-path-v1.yaml");
        Fits(NixHashJson.Write(random.Hash()), "hash-v1.yaml");
        Fits(ContentAddressJson.Write(random.Address()), "content-address-v1.yaml");
        Fits(DerivedPathJson.WriteSingle(random.Derived(single: true)), "deriving-path-v1.yaml");
        Fits(SignatureJson.Write(random.Signature()), "signature-v2.yaml");
        Fits(DerivationJson.Write(random.Derivation()), "derivation-v4.yaml");
        if (random.Result(random.Derived()) is { Status: not BuildStatus.Cancelled } result)
        {
            // The schema does not list the status of builds that were stopped.
            Fits(BuildResultJson.Write(result), "build-result-v1.yaml");
        }

        var entry = new BuildTraceEntry { Derivation = random.Path(".drv"), OutputName = random.Name(), OutputPath = random.Path(), Signatures = random.Some(random.Signature) };
        Fits(BuildTraceEntryJson.Write(entry), "build-trace-entry-v3.yaml");
        var info = random.Info();
        Fits(PathInfoJson.WriteOne(info, PathInfoJsonFormat.Version3), "store-object-info-v3.yaml");
        Fits(PathInfoJson.WriteOne(info, PathInfoJsonFormat.Version3, contentOnly: true), "store-object-info-v3.yaml");
    }).QuickCheckThrowOnFailure();

    [RequiresFact(Requirements.Golden)]
    public void Derivations_from_the_field_fit_the_schema() =>
        Assert.All(GoldenDerivations.Load(GoldenDerivations.Nix28).Values, static derivation => Fits(DerivationJson.Write(derivation), "derivation-v4.yaml"));

    [RequiresFact(Requirements.Golden)]
    public void What_is_damaged_does_not_fit()
    {
        var derivation = DerivationJson.Write(GoldenDerivations.Load(GoldenDerivations.Nix28).Values.First());
        foreach (var property in derivation.Properties().Select(static property => property.Name).ToList())
        {
            var damaged = (JObject)derivation.DeepClone();
            damaged.Remove(property);
            Assert.NotNull(Schema.WhyNot(damaged, "derivation-v4.yaml"));
            damaged[property] = new JValue(5);
            Assert.NotNull(Schema.WhyNot(damaged, "derivation-v4.yaml"));
        }

        Assert.NotNull(Schema.WhyNot(new JValue("foo"), "store-path-v1.yaml"));
        Assert.NotNull(Schema.WhyNot(new JValue("sha256:00"), "hash-v1.yaml"));
        Assert.NotNull(Schema.WhyNot(new JObject { ["method"] = "magic", ["hash"] = "sha256-AA==" }, "content-address-v1.yaml"));
    }

    private static void Fits(JToken json, string schema) =>
        Assert.True(Schema.WhyNot(json, schema) is null, $"{schema}: {Schema.WhyNot(json, schema)}\n{json}");
}
