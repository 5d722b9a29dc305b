using NixSharp.Disks.Formats;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Disks;

public sealed class ImageFormatTests
{
    [Theory]
    [InlineData("raw-efi", "raw", "nixos.img", PartitionLayout.Gpt, BootMethod.Efi)]
    [InlineData("sd-aarch64", "sdImage", "sd-image/nixos-sd-image-24.05-aarch64-linux.img.zst", PartitionLayout.Mbr, BootMethod.Extlinux)]
    [InlineData("sd-aarch64", "sdImage", "sd-image/nixos.img", PartitionLayout.Mbr, BootMethod.Extlinux)]
    [InlineData("qcow-efi", "qcow-efi", "nixos.qcow2", PartitionLayout.Gpt, BootMethod.Efi)]
    [InlineData("vmware", "vmwareImage", "nixos-24.05-x86_64-linux.vmdk", PartitionLayout.Gpt, BootMethod.Efi)]
    [InlineData("iso", "isoImage", "iso/nixos.iso", PartitionLayout.Iso, BootMethod.BiosOrEfi)]
    [InlineData("do", "digitalOceanImage", "nixos.qcow2.gz", PartitionLayout.Mbr, BootMethod.Bios)]
    [InlineData("kexec", "kexec_tarball", "tarball/nixos-system-x86_64-linux.tar.xz", PartitionLayout.None, BootMethod.Kexec)]
    public void The_image_of_a_format_is_found_among_its_results(string name, string attribute, string result, PartitionLayout layout, BootMethod boot)
    {
        var format = ImageFormats.Default[name];
        Assert.Equal((attribute, layout, boot), (format.Attribute, format.Layout, format.Boot));
        using var folder = new TemporaryFolder();
        folder.Write($"out/{result}", "image");
        folder.Write("out/nix-support/hydra-build-products", "file");
        File.CreateSymbolicLink(folder["result"], folder["out"]);
        Assert.Equal(Path.Combine(folder["result"], result), ImageFormats.FindResult(format, folder["result"]));
    }

    [Fact]
    public void No_image_or_several_are_explained()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(NixErrorCodes.ImageResultNotFound, Assert.Throws<DiskException>(() => ImageFormats.FindResult(ImageFormats.Default["raw"], folder.Path)).Code);
        folder.Write("a.img", "");
        folder.Write("b.img", "");
        Assert.Contains("2 files", Assert.Throws<DiskException>(() => ImageFormats.FindResult(ImageFormats.Default["raw"], folder.Path)).Message, StringComparison.Ordinal);
        Assert.Equal(folder["a.img"], ImageFormats.FindResult(ImageFormats.Default["kexec-bundle"], folder["a.img"]));
    }

    [Fact]
    public void Formats_go_through_JSON_unchanged()
    {
        var again = ImageFormatJson.Read(ImageFormatJson.Write(ImageFormats.Default.All));
        Assert.Equal(ImageFormatJson.Write(ImageFormats.Default.All).ToString(), ImageFormatJson.Write(again).ToString());
        Assert.Equal(32, again.Count);
    }

    [Fact]
    public void A_users_format_is_added_or_takes_the_place_of_another()
    {
        var formats = ImageFormats.Default.With(new ImageFormat { Name = "mine", Attribute = "x", Extension = ".img" }, ImageFormats.Default["raw"] with { Attribute = "other" });
        Assert.Equal("x", formats["mine"].Attribute);
        Assert.Equal("other", formats["raw"].Attribute);
        Assert.Equal("raw", ImageFormats.Default["raw"].Attribute);
        Assert.False(ImageFormats.Default["sd-aarch64"].Supports("x86_64-linux"));
        Assert.True(ImageFormats.Default["raw"].Supports("x86_64-linux"));
        Assert.Equal(NixErrorCodes.UnknownImageFormat, Assert.Throws<DiskException>(() => ImageFormats.Default["mine"]).Code);
        foreach (var pattern in (string[])["../x", "/etc/*", "", "a//b"])
        {
            Assert.Equal(NixErrorCodes.UnknownImageFormat, Assert.Throws<DiskException>(() => ImageFormats.Default.With(new ImageFormat { Name = "n", Attribute = "a", Extension = "", Results = [pattern] })).Code);
        }
    }
}
