using NixSharp.Core.Tests.Json;
using NixSharp.Hashing;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.NarInfos;

public sealed class NarInfoGoldenTests
{
    // Nix 2.8 accepts these, and loses a digit, a path or the chance to check a signature.
    private static readonly string[] RefusedInSpiteOfNix = ["lab-colon-no-space", "lab-narhash-sha1", "lab-storepath-twice"];

    [RequiresFact(Requirements.Golden)]
    public void What_Nix_accepts_is_read_as_the_same_and_all_else_is_refused()
    {
        var verdicts = GoldenData.ReadJson("vectors/narinfo/verdicts.json");
        foreach (var (name, verdict) in verdicts)
        {
            var accepted = (string?)verdict!["nix2.8.0"] == "accept" && !RefusedInSpiteOfNix.Contains(name);
            var read = NarInfo.TryParse(File.ReadAllText(GoldenData.PathOf($"vectors/narinfo/{name}.narinfo")), null, out var info);
            Assert.True(accepted == read, $"{name}: {verdict}");
            if (info is null)
            {
                continue;
            }

            var expected = verdict["pathInfoJson"]!;
            Assert.Equal((string?)expected["path"], info.PathInfo.Path.ToString());
            Assert.Equal(NixHash.Parse((string)expected["narHash"]!), info.PathInfo.NarHash);
            Assert.Equal((long)expected["narSize"]!, info.PathInfo.NarSize);
            Assert.Equal(expected["references"]!.Select(static path => (string)path!), info.PathInfo.References.Select(static path => path.ToString()));
            Assert.Equal((string?)expected["deriver"], info.PathInfo.Deriver?.ToString());
            Assert.Equal((string?)expected["ca"], info.PathInfo.ContentAddress?.ToString());
            Assert.Equal(expected["signatures"]!.Select(static text => (string)text!).Order(StringComparer.Ordinal), info.PathInfo.Signatures.Order(StringComparer.Ordinal));
            Assert.Equal((string?)expected["url"], info.Url);
            Assert.Equal((string?)expected["downloadHash"], info.FileHash?.ToString());
            Assert.Equal((long?)expected["downloadSize"] ?? 0, info.FileSize ?? 0);
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void What_Nix_writes_is_written_again()
    {
        foreach (var file in Directory.EnumerateFiles(GoldenData.PathOf("vectors/narinfo"), "ok-*.narinfo"))
        {
            var text = File.ReadAllText(file);
            var expected = Path.GetFileNameWithoutExtension(file) switch
            {
                "ok-unknown-deriver" => text.Replace("Deriver: unknown-deriver\n", "", StringComparison.Ordinal),
                "ok-base16-filehash" => text.Replace("ed34dc8f36047d686dc296b7b2e3f4278488be5b6a94a6f7a3dc929fe0e52481", "1094wph9z4nwlgvsd53abfz8i117ykiv5dwnq9nnhz846s7xqd7d", StringComparison.Ordinal),
                _ => text,
            };
            Assert.Equal(expected, NarInfo.Parse(text).Write());
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void The_public_cache_is_read_written_again_and_verified()
    {
        var keys = TrustedKeys.Parse("cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=");
        var records = File.ReadAllText(GoldenData.PathOf("cache.nixos.org/narinfo-250.txt")).TrimEnd('\n').Split("\n\n");
        Assert.InRange(records.Length, 249, 251);
        foreach (var record in records)
        {
            var info = NarInfo.Parse(record + "\n");
            Assert.Equal(record + "\n", info.Write());
            Assert.Equal("cache.nixos.org-1", Assert.Single(keys.Verify(info.PathInfo)).KeyName);
            var changed = info.PathInfo with { NarSize = info.PathInfo.NarSize + 1 };
            Assert.Empty(keys.Verify(changed));
            Assert.Equal(TrustedKeys.IsContentAddressed(changed), keys.Trusts(changed));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Whole_caches_are_read_written_again_and_verified()
    {
        var keys = TrustedKeys.Parse(File.ReadAllText(GoldenData.PathOf("generated-nix-2.8.0/store/golden-test-1.pub")));
        var files = Directory.EnumerateFiles(GoldenData.PathOf("generated-nix-2.8.0"), "*.narinfo", SearchOption.AllDirectories).ToList();
        Assert.Equal(24, files.Count);
        foreach (var file in files)
        {
            var info = NarInfo.Parse(File.ReadAllBytes(file));
            Assert.Equal(File.ReadAllText(file), info.Write());
            Assert.Single(keys.Verify(info.PathInfo));
            Assert.Equal(StoreDirectory.Default, CacheInfo.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, CacheInfo.FileName))).StoreDirectory);
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void The_JSON_of_narinfos_is_read_and_written()
    {
        var foo = StorePath.ParseBaseName("n5wkd9frr45pa74if5gpz9j7mifg27fh-foo");
        foreach (var (folder, format) in ((string, PathInfoJsonFormat)[])[("json-1", PathInfoJsonFormat.Version1), ("json-2", PathInfoJsonFormat.Version2)])
        {
            var info = JsonGolden.RoundTrip(
                $"{JsonGolden.Store}/nar-info/{folder}/impure.json",
                json => NarInfoJson.Read(json, foo),
                info => NarInfoJson.Write(info, format));
            Assert.Equal(("xz", 4029176L), (info.Compression, info.FileSize));
        }
    }
}
