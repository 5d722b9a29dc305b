using Newtonsoft.Json.Linq;
using NixSharp.Integration.Tests.Disks;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

public sealed class DiskToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("sgdisk", "mkfs.vfat", "mkfs.ext4", "mcopy", "zstd")]
    public async Task An_image_is_inspected_listed_read_and_written()
    {
        var path = await RealImages.WriteRawEfiAsync(_folder, RealImages.WriteTree(_folder));
        await RealImages.RunAsync($"zstd -q '{path}'");
        var text = await NixSharpProgram.RunAsync("disk", "inspect", $"{path}.zst");
        Assert.Contains("zstd, raw, 80.0 MiB", text, StringComparison.Ordinal);
        Assert.Contains("EFI system 'ESP': vfat (FAT16) 'ESP' CAFE-1234, 16.0 MiB", text, StringComparison.Ordinal);
        Assert.Equal("ext4", (string?)JObject.Parse(await NixSharpProgram.RunAsync("disk", "inspect", path, "--json"))["table"]!["partitions"]![1]!["fileSystem"]!["type"]);
        Assert.Contains("link -> etc/hostname", await NixSharpProgram.RunAsync("disk", "ls", path, "-p", "nixos"), StringComparison.Ordinal);
        Assert.Contains("BOOTX64.EFI", await NixSharpProgram.RunAsync("disk", "ls", path, "/efi/boot", "-p", "1"), StringComparison.Ordinal);
        Assert.Equal("nixos\n", await NixSharpProgram.RunAsync("disk", "cat", path, "/link", "-p", "nixos"));

        await NixSharpProgram.RunAsync("disk", "write", $"{path}.zst", _folder["written"]);
        Assert.StartsWith("sha256-", await NixSharpProgram.RunAsync("disk", "decompress", $"{path}.zst", _folder["decompressed"]), StringComparison.Ordinal);
        await CommandLine.RunAsync("cmp", path, _folder["written"]);
        await CommandLine.RunAsync("cmp", path, _folder["decompressed"]);
        await NixSharpProgram.RunAsync("disk", "resize", _folder["written"], $"{100 << 20}");
        Assert.DoesNotContain("problem", await NixSharpProgram.RunAsync("disk", "inspect", _folder["written"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Formats_of_a_user_stand_beside_those_that_are_known()
    {
        var own = _folder.Write("formats.json", """{"my-board":{"attribute":"boardImage","results":["*.img.xz"],"extension":".img.xz","compression":"xz","systems":["riscv64-linux"],"layout":"mbr","boot":"extlinux"}}""");
        var text = await NixSharpProgram.RunAsync("disk", "formats", "--file", own);
        Assert.Contains("my-board", text, StringComparison.Ordinal);
        Assert.Contains("sd-aarch64", text, StringComparison.Ordinal);
        var json = JObject.Parse(await NixSharpProgram.RunAsync("disk", "formats", "--file", own, "--json"));
        Assert.Equal("extlinux", (string?)json["my-board"]!["boot"]);
        var result = await NixSharpProgram.TryRunAsync("disk", "formats", "--file", _folder.Write("bad.json", """{"x":{"attribute":"a","extension":"b","layout":"round"}}"""));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("NIXS3105", result.Error, StringComparison.Ordinal);
    }
}
