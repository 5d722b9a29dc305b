using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Derivations;

public sealed class DerivationBuilderTests
{
    private static readonly NixHash Hash = NixHash.Compute(NixHashAlgorithm.Sha256, "x"u8);
    private static readonly StorePath Source = StorePath.ParseBaseName($"{new string('s', 32)}-source");

    private static DerivationBuilder Simple { get; } = new() { Name = "simple", System = "x86_64-linux", Builder = "/bin/sh" };

    public static TheoryData<DerivationOutput, DerivationKind> Kinds => new()
    {
        { new DerivationOutput.Deferred(), DerivationKind.InputAddressed },
        { new DerivationOutput.Fixed(ContentAddress.Of(ContentAddressMethod.Flat, Hash)), DerivationKind.Fixed },
        { new DerivationOutput.Fixed(ContentAddress.Of(ContentAddressMethod.Nar, Hash)), DerivationKind.Fixed },
        { new DerivationOutput.Fixed(ContentAddress.Of(ContentAddressMethod.Text, Hash)), DerivationKind.Fixed },
        { new DerivationOutput.Fixed(ContentAddress.Of(ContentAddressMethod.Git, Hash)), DerivationKind.Fixed },
        { new DerivationOutput.Floating(ContentAddressMethod.Nar, NixHashAlgorithm.Sha256), DerivationKind.Floating },
        { new DerivationOutput.Floating(ContentAddressMethod.Text, NixHashAlgorithm.Sha256), DerivationKind.Floating },
        { new DerivationOutput.Impure(ContentAddressMethod.Nar, NixHashAlgorithm.Sha256), DerivationKind.Impure },
    };

    [RequiresFact(Requirements.Golden)]
    public void The_same_attributes_give_the_path_that_Nix_gave()
    {
        var minimal = new DerivationBuilder { Name = "minimal", System = "x86_64-linux", Builder = "/bin/sh" }.Build();
        Assert.Equal(Assert.Single(GoldenDerivations.StorePathsIn(GoldenDerivations.Nix28), static item => item.Path.Name == "minimal.drv").Path, minimal.Path);
        var structured = new DerivationBuilder
        {
            Name = "structured-multi",
            System = "x86_64-linux",
            Builder = "/bin/sh",
            Outputs = ["out", "dev"],
            StructuredAttributes = new JObject
            {
                ["outputChecks"] = new JObject { ["out"] = new JObject { ["maxSize"] = 1024 }, ["dev"] = new JObject { ["allowedReferences"] = new JArray("out") } },
            },
        };
        Assert.Equal("0fwdl9vsxyp6zrmbrrzhar52qix79x05-structured-multi.drv", structured.Build().Path.BaseName);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Outputs_of_every_kind_get_what_is_known_of_their_paths(DerivationOutput output, DerivationKind kind)
    {
        var built = (Simple with { Output = output }).Build();
        Assert.Equal(kind, built.Derivation.Kind);
        DerivationOutputs.Check(built.Derivation, new DerivationHashes());
        Assert.Equal(built.Derivation, Derivation.Parse(built.Derivation.ToAterm(), built.Path));
        var known = kind is DerivationKind.InputAddressed or DerivationKind.Fixed;
        Assert.Equal(known ? built.GetOutput() : Placeholder.ForOutput("out").ToString(), built.Derivation.Environment["out"]);
        Assert.Equal(known, built.GetOutput().StartsWith("/nix/store/", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_needed_changes_the_path_and_is_referred_to()
    {
        var first = (Simple with { Outputs = ["out", "dev"] }).Build();
        var second = (Simple with { Name = "second", Arguments = [first.GetOutput("dev")] }).WithSources(Source).WithInput(first, "dev").WithInput(first, "out", "dev").Build();
        Assert.Equal(["dev", "out"], second.Derivation.InputDerivations[first.Path].Outputs);
        Assert.Equal([.. new[] { Source, first.Path }.Order()], second.Derivation.GetReferences());
        Assert.Equal([first.Path, second.Path], second.GetClosure().Select(static derivation => derivation.Path));
        DerivationOutputs.Check(second.Derivation, new DerivationHashes(new Dictionary<StorePath, Derivation> { [first.Path] = first.Derivation }));
        Assert.NotEqual(second.Path, Simple.WithInput(first).Build().Path);
    }

    [Fact]
    public void A_derivation_that_needs_what_is_built_first_is_deferred()
    {
        var floating = (Simple with { Output = new DerivationOutput.Floating(ContentAddressMethod.Nar, NixHashAlgorithm.Sha256) }).Build();
        var needing = (Simple with { Name = "needing" }).WithInput(floating).WithVariable("x", floating.GetOutput()).Build();
        Assert.Equal(DerivationKind.Deferred, needing.Derivation.Kind);
        Assert.Equal("", needing.Derivation.Environment["out"]);
        Assert.True(needing.Hash.IsDeferred);
        Assert.Equal(Placeholder.ForUpstream(floating.Path, "out").ToString(), needing.Derivation.Environment["x"]);
    }

    [Fact]
    public void A_derivation_that_is_made_by_another_one_can_be_needed()
    {
        var maker = (Simple with { Name = "inner.drv", Output = new DerivationOutput.Floating(ContentAddressMethod.Text, NixHashAlgorithm.Sha256) }).Build();
        var needing = Simple.WithDynamicInput(maker, "out").WithDynamicInput(maker, "out", "dev").Build();
        Assert.StartsWith("DrvWithVersion(\"xp-dyn-drv\",", ByteText.FromBytes(needing.Derivation.ToAterm()), StringComparison.Ordinal);
        Assert.Equal(["dev", "out"], needing.Derivation.InputDerivations[maker.Path].DynamicOutputs["out"].Outputs);
        Assert.Equal(DerivationKind.Deferred, needing.Derivation.Kind);
    }

    [Fact]
    public void What_cannot_be_a_derivation_is_refused()
    {
        Refused(Simple with { System = "" }, NixErrorCodes.InconsistentDerivation);
        Refused(Simple with { Builder = "" }, NixErrorCodes.InconsistentDerivation);
        Refused(Simple with { Name = "a b" }, NixErrorCodes.InvalidStorePathName);
        Refused(Simple with { Name = "a.drv" }, NixErrorCodes.InconsistentDerivation);
        Refused(Simple with { Outputs = [] }, NixErrorCodes.InconsistentDerivation);
        Refused(Simple with { Outputs = ["out", "out"] }, NixErrorCodes.InconsistentDerivation);
        Refused(Simple with { Outputs = ["drv"] }, NixErrorCodes.InconsistentDerivation);
        Refused(Simple with { Outputs = ["a/b"] }, NixErrorCodes.InvalidDerivation);
        Refused(Simple with { Outputs = ["out", "dev"], Output = new DerivationOutput.Fixed(ContentAddress.Text(Hash)) }, NixErrorCodes.InconsistentDerivation);
        Refused(Simple with { Output = new DerivationOutput.InputAddressed(Source) }, NixErrorCodes.InconsistentDerivation);
        Refused(Simple with { Arguments = ["a\0b"] }, NixErrorCodes.InconsistentDerivation);
        Refused(Simple with { StructuredAttributes = [], Environment = new Dictionary<string, string> { ["__json"] = "{}" } }, NixErrorCodes.InconsistentDerivation);
        Refused(Simple.WithVariable("out", "x"), NixErrorCodes.InconsistentDerivation);
        Refused(Simple.WithSources(StorePath.ParseBaseName(Source.BaseName, new StoreDirectory("/other"))), NixErrorCodes.InconsistentDerivation);
        Refused(Simple.WithInput(Simple.Build(), "dev"), NixErrorCodes.DerivationInputMissing);
    }

    private static void Refused(DerivationBuilder builder, string code) =>
        Assert.Equal(code, Assert.Throws<NixFormatException>(builder.Build).Code);
}
