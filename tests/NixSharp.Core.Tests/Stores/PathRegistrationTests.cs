using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class PathRegistrationTests
{
    private const string Path = "/nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo";
    private const string Hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [RequiresTheory(Requirements.Golden)]
    [InlineData("dump-db.txt")]
    [InlineData("dump-db.top-closure.txt")]
    public void What_Nix_dumped_is_read_and_written_to_the_byte(string file)
    {
        var text = File.ReadAllText(GoldenData.PathOf($"generated-nix-2.8.0/store/{file}"));
        var infos = PathRegistrations.Read(new StringReader(text)).ToList();
        Assert.NotEmpty(infos);
        using var written = new StringWriter();
        PathRegistrations.Write(written, infos);
        Assert.Equal(text, written.ToString());
    }

    [Theory]
    [InlineData("nonsense", 1)]
    [InlineData(Path, 2)]
    [InlineData($"{Path}\nx", 2)]
    [InlineData($"{Path}\n{Hash}\nx", 3)]
    [InlineData($"{Path}\n{Hash}\n-1", 3)]
    [InlineData($"{Path}\n{Hash}\n1\nx", 4)]
    [InlineData($"{Path}\n{Hash}\n1\n\nx", 5)]
    [InlineData($"{Path}\n{Hash}\n1\n\n9223372036854775807", 6)]
    [InlineData($"{Path}\n{Hash}\n1\n\n1\nx", 6)]
    [InlineData($"{Path}\n{Hash}\n1\n\n0\n\n", 6)]
    public void Damage_is_refused_with_its_line(string text, int line)
    {
        var error = Assert.Throws<NixFormatException>(() => PathRegistrations.Read(new StringReader(text)).ToList());
        Assert.Equal(NixErrorCodes.InvalidRegistration, error.Code);
        Assert.StartsWith($"Line {line} ", error.Message, StringComparison.Ordinal);
    }
}
