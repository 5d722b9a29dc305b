using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Derivations;

public sealed class OutputsSpecTests
{
    private static JObject Vectors => GoldenData.ReadJson("vectors/outputs-spec.json");

    [RequiresFact(Requirements.Golden)]
    public void Outputs_are_read_and_printed_as_Nix_does_it()
    {
        foreach (var vector in Vectors["parse"]!)
        {
            var outputs = OutputsSpec.Parse((string)vector["text"]!);
            Assert.Equal((string?)vector["print"], outputs.ToString());
            Assert.Equal((bool?)vector["all"] ?? false, outputs.IsAll);
            Assert.Equal(vector["names"]?.Values<string>() ?? [], outputs.Names);
        }

        Assert.All(Vectors["reject"]!, static text => Assert.False(OutputsSpec.TryParse((string?)text, out _)));
    }

    [RequiresFact(Requirements.Golden)]
    public void Derived_paths_of_the_protocol_are_read_and_printed()
    {
        foreach (var vector in Vectors["legacyDerivedPath"]!)
        {
            var text = (string)vector["text"]!;
            var path = DerivedPath.ParseLegacy(text);
            Assert.Equal(text, path.ToLegacyString());
            if (path is DerivedPath.Built built)
            {
                Assert.Equal((string?)vector["drv"], Assert.IsType<DerivedPath.Opaque>(built.Derivation).Path.BaseName);
                Assert.Equal(vector["outputs"] is JArray names ? OutputsSpec.Of([.. names.Values<string>().Select(static name => name!)]) : OutputsSpec.All, built.Outputs);
            }
            else
            {
                Assert.Equal((string?)vector["opaque"], Assert.IsType<DerivedPath.Opaque>(path).Path.BaseName);
            }
        }
    }
}
