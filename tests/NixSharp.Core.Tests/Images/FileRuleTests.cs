using System.Formats.Tar;
using NixSharp.Images;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class FileRuleTests
{
    [Theory]
    [InlineData("/srv/**", "/srv", true)]
    [InlineData("/srv/**", "/srv/a/b", true)]
    [InlineData("/srv/**", "/srvx", false)]
    [InlineData("/srv/*", "/srv/a", true)]
    [InlineData("/srv/*", "/srv/a/b", false)]
    [InlineData("/**/bin/*", "/nix/store/x/bin/sh", true)]
    [InlineData("/etc/pass?d", "/etc/passwd", true)]
    [InlineData("/etc/pass?d", "/etc/pass/d", false)]
    [InlineData("/etc/a.b", "/etc/axb", false)]
    [InlineData("/etc/[a]", "/etc/[a]", true)]
    public void Patterns_match_as_those_of_shells(string pattern, string path, bool matches) =>
        Assert.Equal(matches, FileRule.For(pattern).Matches(path));

    [Theory]
    [InlineData("/etc/**", false)]
    [InlineData("/nix", true)]
    [InlineData("/n*", true)]
    [InlineData("/**", true)]
    [InlineData("/nix/store/*/bin/**", true)]
    [InlineData("/nix/storage/**", false)]
    public void A_rule_for_another_folder_does_not_change_the_store(string pattern, bool can) =>
        Assert.Equal(can, FileRule.For(pattern).CanMatchIn("/nix/store"));

    [Theory]
    [InlineData("")]
    [InlineData("srv/**")]
    public void What_is_not_an_absolute_path_is_refused(string pattern) =>
        Assert.Equal(NixErrorCodes.InvalidImageOptions, Assert.Throws<ImageException>(() => FileRule.For(pattern)).Code);

    [Theory]
    [InlineData("0644", 0x1A4)]
    [InlineData("1777", 0x3FF)]
    [InlineData("07777", 0xFFF)]
    public void Modes_are_read_in_octal(string text, int mode) => Assert.Equal(mode, FileRule.ParseMode(text));

    [Theory]
    [InlineData("")]
    [InlineData("8")]
    [InlineData("-1")]
    [InlineData("10000")]
    [InlineData("0o644")]
    public void Other_modes_are_refused(string text) =>
        Assert.Equal(NixErrorCodes.InvalidImageOptions, Assert.Throws<ImageException>(() => FileRule.ParseMode(text)).Code);

    [Fact]
    public async Task The_last_rule_that_says_something_counts_for_store_paths_and_files()
    {
        await using var store = new ImageStore();
        var app = await store.AddTextAsync("app", "text");
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(app), new()
        {
            Compression = LayerCompression.None,
            Files = [ImageFile.FromText("/srv/a", ""), ImageFile.FromText("/srv/b", ""), ImageFile.Symlink("/srv/c", "a")],
            FileRules =
            [
                FileRule.For("/nix/store/*-app") with { Mode = 0x1ED },
                FileRule.For("/srv/**") with { Owner = 1, Group = 2, Mode = 0x180 },
                FileRule.For("/srv/b") with { Owner = 3 },
                FileRule.For("/srv") with { Mode = 0x1ED, AddedMode = 0x200 },
            ],
        });
        var entries = new List<string>();
        foreach (var layer in image.Layers)
        {
            using var tar = new MemoryStream();
            await layer.WriteToAsync(tar);
            tar.Position = 0;
            using var reader = new TarReader(tar);
            while (reader.GetNextEntry() is { } entry)
            {
                entries.Add($"{entry.Name} {Convert.ToString((int)entry.Mode, 8)} {entry.Uid}:{entry.Gid}");
            }
        }

        Assert.Equal(
            ["nix/ 755 0:0", "nix/store/ 755 0:0", $"{app.ToString()[1..]} 755 0:0", "srv/ 1755 1:2", "srv/a 600 1:2", "srv/b 600 3:2", "srv/c 777 1:2"],
            entries);
    }

    [Fact]
    public async Task A_layer_has_another_identity_with_rules_that_it_can_match()
    {
        await using var store = new ImageStore();
        var closure = await store.GetClosureAsync(await store.AddAsync("app"));
        var folder = Path.Combine(Path.GetTempPath(), $"nixsharp-{Guid.NewGuid():N}");
        Assert.Equal(Identity(), Identity(FileRule.For("/etc/**") with { Mode = 0 }));
        Assert.NotEqual(Identity(), Identity(FileRule.For("/nix/**") with { Mode = 0 }));
        Assert.NotEqual(Identity(FileRule.For("/nix/**") with { Mode = 0 }), Identity(FileRule.For("/nix/**") with { Owner = 0 }));

        string? Identity(params FileRule[] rules)
        {
            using var image = ContainerImage.FromClosure(closure, new() { FileRules = rules, Cache = new LayerCache(folder) });
            return ((TarLayer)image.Layers[0]).Identity;
        }
    }
}
