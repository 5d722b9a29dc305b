using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Derivations;

public sealed class DerivationJsonGoldenTests
{
    private static readonly string[] Advanced =
        ["advanced-attributes", "advanced-attributes-defaults", "advanced-attributes-structured-attrs", "advanced-attributes-structured-attrs-defaults"];

    [RequiresFact(Requirements.Golden)]
    public void The_layout_of_Nix_2_8_is_read_and_written_to_the_byte()
    {
        foreach (var (path, derivation) in GoldenDerivations.Load(GoldenDerivations.Nix28))
        {
            CheckShown(path, derivation, $"{GoldenDerivations.Nix28}/{path.BaseName}.show-v0.json");
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void The_layout_of_Nix_2_3_is_read_and_written_bytes_that_are_not_text_included()
    {
        foreach (var (path, derivation) in GoldenDerivations.Load(GoldenDerivations.GoNix).Where(static pair => pair.Value.Name != "foo-file"))
        {
            // Some of these files were sorted after Nix had written them.
            var file = $"{GoldenDerivations.GoNix}/{path.BaseName}.json";
            CheckShown(path, derivation, file, isSorted: GoldenDerivations.Text(file).Split('\n')[2].Contains("args", StringComparison.Ordinal));
        }
    }

    [RequiresTheory(Requirements.Golden)]
    [InlineData("nixos-nix/src/libstore-tests/data/derivation", DerivationJsonFormat.Version4)]
    [InlineData("nixos-nix-old/2.32.0/libstore/derivation", DerivationJsonFormat.Version3)]
    [InlineData("nixos-nix-old/2.31.0/libstore/derivation", DerivationJsonFormat.Nix230)]
    public void Each_later_layout_is_read_and_written_to_the_byte(string folder, DerivationJsonFormat format)
    {
        foreach (var kind in (string[])["ia", "ca"])
        {
            foreach (var name in Advanced)
            {
                var text = GoldenDerivations.Text($"{folder}/{kind}/{name}.json");
                var derivation = Assert.Single(DerivationJson.Parse(text)).Value;
                Assert.Equal(text, JsonText.Format(DerivationJson.Write(derivation, format)));
                if (format == DerivationJsonFormat.Version4)
                {
                    Assert.Equal(GoldenDerivations.Bytes($"{folder}/{kind}/{name}.drv"), derivation.ToAterm());
                }
            }
        }
    }

    [RequiresTheory(Requirements.Golden)]
    [InlineData("nixos-nix/src/libstore-tests/data/derivation/simple-derivation.json", "simple-derivation", DerivationJsonFormat.Version4)]
    [InlineData("nixos-nix/src/libstore-tests/data/derivation/dyn-dep-derivation.json", "dyn-dep-derivation", DerivationJsonFormat.Version4)]
    [InlineData("nixos-nix-old/2.32.0/libstore/derivation/simple-derivation.json", "simple-derivation", DerivationJsonFormat.Version3)]
    [InlineData("nixos-nix-old/2.32.0/libstore/derivation/dyn-dep-derivation.json", "dyn-dep-derivation", DerivationJsonFormat.Version3)]
    [InlineData("nixos-nix-old/2.31.0/libstore/derivation/simple.json", "simple-derivation", DerivationJsonFormat.Nix230)]
    [InlineData("nixos-nix-old/2.31.0/libstore/derivation/dynDerivationDeps.json", "dyn-dep-derivation", DerivationJsonFormat.Nix230)]
    public void Derivations_without_outputs_are_read_and_written_in_each_layout(string file, string name, DerivationJsonFormat format) =>
        CheckAlone(Derivation.Parse(GoldenDerivations.Bytes($"{GoldenDerivations.NixTests}/{name}.drv"), name), file, format);

    [RequiresFact(Requirements.Golden)]
    public void Two_derivations_as_they_were_in_2_31_are_the_same_still()
    {
        Assert.Equal(
            GoldenDerivations.Bytes("nixos-nix-old/2.31.0/libstore/derivation/simple.drv"),
            GoldenDerivations.Bytes($"{GoldenDerivations.NixTests}/simple-derivation.drv"));
        Assert.Equal(
            GoldenDerivations.Bytes("nixos-nix-old/2.31.0/libstore/derivation/dynDerivationDeps.drv"),
            GoldenDerivations.Bytes($"{GoldenDerivations.NixTests}/dyn-dep-derivation.drv"));
    }

    [RequiresTheory(Requirements.Golden)]
    [InlineData("nixos-nix/src/libstore-tests/data/derivation/ca/self-contained.json", DerivationJsonFormat.Version4)]
    [InlineData("nixos-nix-old/2.32.0/libstore/derivation/ca/self-contained.json", DerivationJsonFormat.Version3)]
    public void A_derivation_that_needs_nothing_is_read_and_written(string file, DerivationJsonFormat format)
    {
        var text = GoldenDerivations.Text(file);
        var derivation = Assert.Single(DerivationJson.Parse(text)).Value;
        Assert.Equal(text, JsonText.Format(DerivationJson.Write(derivation, format)));
        Assert.Equal(new DerivationOutput.Floating(ContentAddressMethod.Nar, NixHashAlgorithm.Sha256), derivation.Outputs["out"]);
    }

    [RequiresTheory(Requirements.Golden)]
    [InlineData("nixos-nix/src/libstore-tests/data/derivation", DerivationJsonFormat.Version4, 7)]
    [InlineData("nixos-nix-old/2.32.0/libstore/derivation", DerivationJsonFormat.Version3, 3)]
    [InlineData("nixos-nix-old/2.31.0/libstore/derivation", DerivationJsonFormat.Nix230, 4)]
    [InlineData("nixos-nix-old/2.20.0/libstore/derivation", DerivationJsonFormat.Nix218, 5)]
    public void Outputs_of_every_kind_are_read_and_written_in_each_layout(string folder, DerivationJsonFormat format, int count)
    {
        var files = Directory.GetFiles(GoldenData.PathOf(folder), "output-*.json");
        Assert.Equal(count, files.Length);
        foreach (var file in files)
        {
            var json = JsonText.Parse(File.ReadAllText(file));
            var around = Around(json, format);
            var derivation = Assert.Single(DerivationJson.Read(around)).Value;
            Assert.IsType(TypeOf(Path.GetFileNameWithoutExtension(file)), derivation.Outputs["output-name"]);
            Assert.Equal(File.ReadAllText(file), JsonText.Format(DerivationJson.Write(derivation, format)["outputs"]!["output-name"]!));
        }
    }

    private static JObject Around(JToken output, DerivationJsonFormat format)
    {
        var empty = new Derivation { Name = "drv-name", Outputs = new Dictionary<string, DerivationOutput>(), System = "x", Builder = "x" };
        var json = DerivationJson.Write(empty, format);
        json["outputs"]!["output-name"] = output;
        return json;
    }

    private static Type TypeOf(string file) => file switch
    {
        "output-caFloating" => typeof(DerivationOutput.Floating),
        "output-deferred" => typeof(DerivationOutput.Deferred),
        "output-impure" => typeof(DerivationOutput.Impure),
        "output-inputAddressed" => typeof(DerivationOutput.InputAddressed),
        _ => typeof(DerivationOutput.Fixed),
    };

    private static void CheckShown(StorePath path, Derivation derivation, string file, bool isSorted = false)
    {
        var text = GoldenDerivations.Text(file);
        var (readPath, read) = Assert.Single(DerivationJson.Parse(text));
        Assert.Equal(path, readPath);
        Assert.Equal(derivation, read);
        var written = DerivationJson.Write(new Dictionary<StorePath, Derivation> { [path] = derivation }, DerivationJsonFormat.Nix23);
        if (isSorted)
        {
            Assert.True(JToken.DeepEquals(JsonText.Parse(text), written));
        }
        else
        {
            Assert.Equal(text, JsonText.Format(written));
        }
    }

    private static void CheckAlone(Derivation expected, string file, DerivationJsonFormat format)
    {
        var text = GoldenDerivations.Text(file);
        var read = Assert.Single(DerivationJson.Parse(text, expected.Name)).Value;
        Assert.Equal(expected.ToAterm(), read.ToAterm());
        Assert.Equal(text, JsonText.Format(DerivationJson.Write(expected, format)));
    }
}
