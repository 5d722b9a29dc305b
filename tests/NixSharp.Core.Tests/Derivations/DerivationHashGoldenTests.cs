using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Derivations;

public sealed class DerivationHashGoldenTests
{
    [RequiresFact(Requirements.Golden)]
    public void Hashes_modulo_fixed_outputs_are_those_that_were_recorded()
    {
        var recorded = GoldenData.ReadJson($"{GoldenDerivations.Nix28}/hash-modulo.json");
        var derivations = GoldenDerivations.Load(GoldenDerivations.Nix28);
        var hashes = new DerivationHashes(derivations);
        Assert.Equal(recorded.Count, derivations.Count);
        foreach (var (path, derivation) in derivations)
        {
            var expected = recorded[path.ToString()]!;
            var asInput = hashes.OfInput(path);
            Assert.Equal(expected["kind"]!.Value<string>(), NameOf(derivation.Kind));
            Assert.Equal(expected["asInput"]!["type"]!.Value<string>() == "deferred", asInput.IsDeferred);
            var value = expected["asInput"]!["value"]!;
            if (value.Type != JTokenType.Null)
            {
                var hex = value is JObject outputs ? outputs["out"]! : value;
                Assert.Equal(hex.Value<string>(), asInput.Value.ToDigestString(HashFormat.Base16));
            }

            if (expected["maskedModuloHash"]?.Value<string>() is { } masked)
            {
                Assert.Equal(masked, hashes.OfOutputs(derivation).Value.ToDigestString(HashFormat.Base16));
                Assert.Equal(masked, NixHash.Compute(NixHashAlgorithm.Sha256, Encoding.UTF8.GetBytes(expected["maskedModuloAterm"]!.Value<string>()!)).ToDigestString(HashFormat.Base16));
            }
        }
    }

    [RequiresTheory(Requirements.Golden)]
    [InlineData(GoldenDerivations.Nix28)]
    [InlineData(GoldenDerivations.GoNix)]
    public void Output_paths_are_recomputed(string folder)
    {
        var derivations = GoldenDerivations.Load(folder);
        var hashes = new DerivationHashes(derivations);
        foreach (var derivation in derivations.Values.Where(static derivation => derivation.Name is not "foo-file"))
        {
            DerivationOutputs.Check(derivation, hashes);
            Assert.Equal(derivation, DerivationOutputs.Fill(derivation, hashes));
            Assert.Equal(derivation, DerivationOutputs.Fill(WithoutPaths(derivation), hashes));
        }
    }

    private static Derivation WithoutPaths(Derivation derivation) => derivation with
    {
        Outputs = derivation.Outputs.ToDictionary(
            static pair => pair.Key,
            static pair => pair.Value is DerivationOutput.InputAddressed ? new DerivationOutput.Deferred() : pair.Value),
    };

    private static string NameOf(DerivationKind kind) => kind == DerivationKind.InputAddressed ? "ia" : kind.ToString().ToLowerInvariant();
}
