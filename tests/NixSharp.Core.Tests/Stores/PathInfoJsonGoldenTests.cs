using Newtonsoft.Json.Linq;
using NixSharp.Core.Tests.Json;
using NixSharp.Json;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class PathInfoJsonGoldenTests
{
    private static readonly StorePath Foo = StorePath.ParseBaseName("n5wkd9frr45pa74if5gpz9j7mifg27fh-foo");

    [RequiresFact(Requirements.Golden)]
    public void One_path_is_read_and_written_in_versions_1_and_2()
    {
        foreach (var (folder, format) in ((string, PathInfoJsonFormat)[])[("json-1", PathInfoJsonFormat.Version1), ("json-2", PathInfoJsonFormat.Version2)])
        {
            foreach (var name in (string[])["empty_impure", "empty_pure", "impure", "pure"])
            {
                JsonGolden.RoundTrip(
                    $"{JsonGolden.Store}/path-info/{folder}/{name}.json",
                    static json => PathInfoJson.ReadOne(json, Foo),
                    info => PathInfoJson.WriteOne(info, format, contentOnly: name.EndsWith("_pure", StringComparison.Ordinal) || name == "pure"));
            }
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Every_version_of_one_path_says_the_same()
    {
        var first = Read($"{JsonGolden.Store}/path-info/json-1/impure.json");
        Assert.Equal(2, first.Signatures.Count);
        Assert.True(first.Ultimate);
        Same(first, Read($"{JsonGolden.Store}/path-info/json-2/impure.json"));
        Same(first, Read($"{JsonGolden.Store}/nar-info/json-1/impure.json"));
        Same(first, Read($"{JsonGolden.Store}/nar-info/json-2/impure.json"));
        Same(first, PathInfoJson.ReadOne(PathInfoJson.WriteOne(first, PathInfoJsonFormat.Version3), Foo));
        var pure = Read($"{JsonGolden.Store}/path-info/json-1/pure.json");
        Same(pure, Read($"{JsonGolden.Store}/path-info/json-1/pure_noversion.json"));
        Same(pure, Read($"{JsonGolden.Store}/nar-info/json-1/pure_noversion.json"));
        Same(pure, Read("nixos-nix-old/2.32.0/libstore/path-info/pure.json"));
        Same(first with { Signatures = ["asdf", "qwer"] }, Read("nixos-nix-old/2.32.0/libstore/path-info/impure.json"));
    }

    [RequiresFact(Requirements.Golden)]
    public void Forms_without_a_version_are_written_in_maps()
    {
        foreach (var name in (string[])["impure", "empty_impure"])
        {
            var text = File.ReadAllText(GoldenData.PathOf($"nixos-nix-old/2.32.0/libstore/path-info/{name}.json"));
            var map = PathInfoJson.Write([PathInfoJson.ReadOne(JsonText.Parse(text), Foo)]);
            Assert.Equal(text, JsonText.Format(map[Foo.ToString()]!));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Paths_in_the_protocols_tests_are_read()
    {
        foreach (var name in (string[])["worker-protocol/valid-path-info-1.15", "worker-protocol/valid-path-info-1.16"])
        {
            var json = JsonText.Parse(File.ReadAllText(GoldenData.PathOf($"nixos-nix-old/2.34.0/libstore/{name}.json")));
            var infos = PathInfoJson.Read(json);
            Assert.Equal(json.Count(), infos.Count);
            foreach (var (item, info) in json.Zip(infos))
            {
                var again = PathInfoJson.WriteOne(info);
                again["path"] = StorePathJson.Write(info.Path);
                Assert.Equal(item, again, JToken.EqualityComparer);
            }
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void What_Nix_2_8_printed_is_read_and_written()
    {
        foreach (var name in (string[])["all", "closure"])
        {
            var text = File.ReadAllText(GoldenData.PathOf($"generated-nix-2.8.0/store/path-info.{name}.v0.json"));
            var json = JsonText.Parse(text);
            var sizes = json.ToDictionary(static item => (string)item["path"]!, static item => (long?)item["closureSize"]);
            var infos = PathInfoJson.ReadAll(json);
            Assert.InRange(infos.Count, 4, int.MaxValue);
            var again = PathInfoJson.WriteAll(infos, PathInfoJsonFormat.List, name == "closure" ? info => sizes[info.Path.ToString()]!.Value : null);
            Assert.Equal(text, JsonText.Format(again));
        }

        var cache = PathInfoJson.Read(JsonText.Parse(File.ReadAllText(GoldenData.PathOf("generated-nix-2.8.0/store/path-info.binary-cache-xz.v0.json"))));
        Assert.All(cache, static info => Assert.StartsWith("golden-test-1:", Assert.Single(info.Signatures), StringComparison.Ordinal));
    }

    private static PathInfo Read(string file) => PathInfoJson.ReadOne(JsonText.Parse(File.ReadAllText(GoldenData.PathOf(file))), Foo);

    private static void Same(PathInfo expected, PathInfo actual) => Assert.Equal(
        JsonText.Format(PathInfoJson.WriteOne(expected)),
        JsonText.Format(PathInfoJson.WriteOne(actual)));
}
