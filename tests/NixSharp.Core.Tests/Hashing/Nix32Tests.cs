using FsCheck;
using FsCheck.Fluent;
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

    [RequiresFact(Requirements.Golden)]
    public void Golden_lengths_are_computed()
    {
        foreach (var (bytes, characters) in (IDictionary<string, Newtonsoft.Json.Linq.JToken?>)GoldenData.ReadJson("vectors/nix32.json")["encodedLength"]!)
        {
            Assert.Equal((int)characters!, Nix32.GetEncodedLength(int.Parse(bytes, System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public void What_was_encoded_decodes_to_the_same_bytes() =>
        Prop.ForAll<byte[]>(static bytes => Nix32.Decode(Nix32.Encode(bytes)).AsSpan().SequenceEqual(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void What_decodes_at_all_encodes_to_the_same_text() =>
        Prop.ForAll(
            Gen.Elements([.. Nix32.Alphabet]).ListOf().ToArbitrary(),
            static characters =>
            {
                var text = string.Concat(characters);
                return !Nix32.TryDecode(text, out var bytes) || Nix32.Encode(bytes) == text;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_other_text_is_refused_with_an_offset_and_nothing_else() =>
        Prop.ForAll<string>(static text =>
        {
            var error = Record.Exception(() => Nix32.Decode(text ?? ""));
            return error is null or NixFormatException { Offset: not null };
        }).QuickCheckThrowOnFailure();
}
