using Newtonsoft.Json.Linq;
using NixSharp.Json;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Json;

/// <summary>JSON from Nix's own tests, which has to come out as it went in.</summary>
internal static class JsonGolden
{
    public const string Store = "nixos-nix/src/libstore-tests/data";

    public static IEnumerable<string> FilesIn(string folder) =>
        Directory.EnumerateFiles(GoldenData.PathOf(folder), "*.json").Order(StringComparer.Ordinal);

    /// <summary>Reads <paramref name="file"/>, writes it again, and compares bytes.</summary>
    public static T RoundTrip<T>(string file, Func<JToken, T> read, Func<T, JToken> write)
    {
        var text = File.ReadAllText(Path.IsPathRooted(file) ? file : GoldenData.PathOf(file));
        var value = read(JsonText.Parse(text));
        Assert.Equal(text, JsonText.Format(write(value)));
        return value;
    }
}
