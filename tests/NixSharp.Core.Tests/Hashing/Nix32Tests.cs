using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Hashing;

public sealed class Nix32Tests
{
    [RequiresFact(Requirements.Golden)]
    public void Golden_vectors_are_encoded_and_decoded()
    {
        foreach (var vector in GoldenData.ReadJson("vectors/nix32.json")["encode"]!)
        {
            var bytes = Convert.FromHexString((string)vector["hex"]!);
            Assert.Equal((string)vector["nix32"]!, Nix32.Encode(bytes));
            Assert.Equal(bytes, Nix32.Decode((string)vector["nix32"]!));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Golden_malformed_vectors_are_refused()
    {
        foreach (var vector in GoldenData.ReadJson("vectors/nix32.json")["decodeMustFail"]!)
        {
            // Twelve bytes are a length like any other; they are only no store path's digest.
            var text = (string)vector["nix32"]!;
            if (text.Length == Nix32.GetEncodedLength(12))
            {
                Assert.False(StorePath.TryParseBaseName($"{text}-name", null, out _));
                continue;
            }

            var error = Assert.Throws<NixFormatException>(() => Nix32.Decode(text));
            Assert.Equal(NixErrorCodes.InvalidHash, error.Code);
        }
    }
}
