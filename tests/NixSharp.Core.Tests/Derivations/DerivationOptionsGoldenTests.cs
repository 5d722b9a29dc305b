using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Json;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Derivations;

public sealed class DerivationOptionsGoldenTests
{
    [RequiresTheory(Requirements.Golden)]
    [InlineData("ia", "advanced-attributes", "all_set")]
    [InlineData("ia", "advanced-attributes-defaults", "defaults")]
    [InlineData("ia", "advanced-attributes-structured-attrs", "structuredAttrs_all_set")]
    [InlineData("ia", "advanced-attributes-structured-attrs-defaults", "structuredAttrs_defaults")]
    [InlineData("ca", "advanced-attributes", "all_set")]
    [InlineData("ca", "advanced-attributes-structured-attrs", "structuredAttrs_all_set")]
    public void Options_are_those_that_Nix_reads(string kind, string derivation, string options)
    {
        var read = DerivationOptions.From(Derivation.Parse(GoldenDerivations.Bytes($"{GoldenDerivations.NixTests}/{kind}/{derivation}.drv"), derivation));
        var expected = JsonText.Parse(File.ReadAllText(GoldenData.PathOf($"{GoldenDerivations.NixTests}/{kind}/derivation-options/{options}.json")));
        Assert.Equal(Sorted(expected).ToString(), Sorted(Show(read)).ToString());
    }

    private static JObject Show(DerivationOptions options) => new()
    {
        ["additionalSandboxProfile"] = options.AdditionalSandboxProfile,
        ["allowLocalNetworking"] = options.AllowLocalNetworking,
        ["allowSubstitutes"] = options.AllowSubstitutes,
        ["exportReferencesGraph"] = new JObject(options.ExportReferencesGraph.Select(static pair => new JProperty(pair.Key, Show(pair.Value)))),
        ["impureEnvVars"] = new JArray(options.ImpureEnvironmentVariables),
        ["impureHostDeps"] = new JArray(options.ImpureHostDependencies),
        ["noChroot"] = options.NoChroot,
        ["outputChecks"] = options.ChecksForAllOutputs is { } all
            ? new JObject { ["forAllOutputs"] = Show(all) }
            : new JObject { ["perOutput"] = new JObject(options.PerOutputChecks.Select(static pair => new JProperty(pair.Key, Show(pair.Value)))) },
        ["passAsFile"] = new JArray(options.PassAsFile),
        ["preferLocalBuild"] = options.PreferLocalBuild,
        ["requiredSystemFeatures"] = new JArray(options.RequiredSystemFeatures),
        ["unsafeDiscardReferences"] = new JObject(options.UnsafeDiscardReferences.Select(static output => new JProperty(output, true))),
    };

    private static JObject Show(OutputChecks checks) => new()
    {
        ["allowedReferences"] = checks.AllowedReferences is { } references ? Show(references) : JValue.CreateNull(),
        ["allowedRequisites"] = checks.AllowedRequisites is { } requisites ? Show(requisites) : JValue.CreateNull(),
        ["disallowedReferences"] = Show(checks.DisallowedReferences),
        ["disallowedRequisites"] = Show(checks.DisallowedRequisites),
        ["ignoreSelfRefs"] = checks.IgnoreSelfReferences,
        ["maxClosureSize"] = checks.MaxClosureSize,
        ["maxSize"] = checks.MaxSize,
    };

    private static JArray Show(IReadOnlyList<OutputReference> references) => new(references.Select<OutputReference, JToken>(static reference => reference switch
    {
        OutputReference.Path path => new JValue(path.Value.BaseName),
        OutputReference.Own own => new JObject { ["drvPath"] = "self", ["output"] = own.Output },
        OutputReference.Built built => new JObject { ["drvPath"] = DerivedPathJson.WriteSingle(built.Derivation), ["output"] = built.Output },
        _ => throw new InvalidOperationException(),
    }));

    /// <summary>Sets have no order of their own.</summary>
    private static JToken Sorted(JToken json) => json switch
    {
        JObject map => new JObject(map.Properties().OrderBy(static property => property.Name, StringComparer.Ordinal).Select(static property => new JProperty(property.Name, Sorted(property.Value)))),
        JArray list => new JArray(list.Select(Sorted).OrderBy(static item => item.ToString(), StringComparer.Ordinal)),
        _ => json,
    };
}
