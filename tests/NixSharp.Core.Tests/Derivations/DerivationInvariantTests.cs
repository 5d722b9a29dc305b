using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Derivations;

public sealed class DerivationInvariantTests
{
    private const string Folder = $"{GoldenDerivations.NixTests}/invariants";

    [RequiresTheory(Requirements.Golden)]
    [InlineData("filled-in-deferred-empty-env-var-pre", "filled-in-deferred-empty-env-var-post")]
    [InlineData("filled-in-deferred-no-env-var-pre", "filled-in-deferred-no-env-var-post")]
    [InlineData("filled-in-idempotent", "filled-in-idempotent")]
    public void Output_paths_and_variables_are_filled_in(string before, string after)
    {
        var filled = DerivationOutputs.Fill(Read(before), new DerivationHashes());
        Assert.Equal(GoldenDerivations.Text($"{Folder}/{after}.json"), JsonText.Format(DerivationJson.Write(filled)));
    }

    [RequiresTheory(Requirements.Golden)]
    [InlineData("filled-in-deferred-empty-env-var-post")]
    [InlineData("filled-in-idempotent")]
    public void Output_paths_that_follow_from_the_derivation_are_accepted(string name) =>
        DerivationOutputs.Check(Read(name), new DerivationHashes());

    [RequiresFact(Requirements.Golden)]
    public void An_output_that_depends_on_what_is_built_stays_deferred()
    {
        var (hashes, derivation) = WithDependency("depends-on-drv-pre");
        var filled = DerivationOutputs.Fill(derivation, hashes);
        Assert.Equal(derivation, filled);
        DerivationOutputs.Check(filled, hashes);
    }

    [RequiresFact(Requirements.Golden)]
    public void An_output_that_depends_on_what_is_built_has_no_path()
    {
        var (hashes, derivation) = WithDependency("bad-depends-on-drv-pre");
        Assert.Equal(
            NixErrorCodes.DerivationOutputMismatch,
            Assert.Throws<NixFormatException>(() => DerivationOutputs.Check(derivation, hashes)).Code);
    }

    [RequiresFact(Requirements.Golden)]
    public void A_path_that_does_not_follow_from_the_derivation_is_refused() => Refused("bad-path");

    [RequiresFact(Requirements.Golden)]
    public void A_variable_with_another_path_is_refused_and_corrected_by_filling_in()
    {
        var derivation = Read("bad-env-var");
        var filled = DerivationOutputs.Fill(derivation, new DerivationHashes());
        Assert.Equal(filled.GetOutputPath("out").ToString(), filled.Environment["out"]);
        var bad = filled with { Environment = derivation.Environment };
        Assert.Equal(
            NixErrorCodes.DerivationOutputMismatch,
            Assert.Throws<NixFormatException>(() => DerivationOutputs.Check(bad, new DerivationHashes())).Code);
    }

    private static void Refused(string name) => Assert.Equal(
        NixErrorCodes.DerivationOutputMismatch,
        Assert.Throws<NixFormatException>(() => DerivationOutputs.Check(Read(name), new DerivationHashes())).Code);

    private static Derivation Read(string name) => Assert.Single(DerivationJson.Parse(GoldenDerivations.Text($"{Folder}/{name}.json"))).Value;

    /// <summary>The test's dependency is not among the data: one with a floating output, as there, stands for it.</summary>
    private static (DerivationHashes Hashes, Derivation Derivation) WithDependency(string name)
    {
        var dependency = new Derivation
        {
            Name = "dependency",
            System = "x86_64-linux",
            Builder = "/bin/sh",
            Outputs = new Dictionary<string, DerivationOutput> { ["out"] = new DerivationOutput.Floating(ContentAddressMethod.Nar, NixHashAlgorithm.Sha256) },
            Environment = new Dictionary<string, string> { ["out"] = Placeholder.ForOutput("out").ToString() },
        };
        var hashes = new DerivationHashes();
        var path = hashes.Add(dependency);
        var derivation = Read(name);
        return (hashes, derivation with { InputDerivations = new Dictionary<StorePath, DerivationInput> { [path] = derivation.InputDerivations.Values.Single() } });
    }
}
