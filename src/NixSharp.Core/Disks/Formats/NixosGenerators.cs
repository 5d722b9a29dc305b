using NixSharp.Disks.Containers;

namespace NixSharp.Disks.Formats;

/// <summary>The formats of nixos-generators.</summary>
internal static class NixosGenerators
{
    private const string Root = "nixos";

    public static IReadOnlyList<ImageFormat> All { get; } =
    [
        Disk("amazon", "amazonImage", ".vhd", DiskContainerKind.Vhd, PartitionLayout.GptBios, BootMethod.Bios),
        Disk("azure", "azureImage", ".vhd", DiskContainerKind.Vhd, PartitionLayout.Mbr, BootMethod.Bios),
        Disk("cloudstack", "cloudstackImage", ".qcow2", DiskContainerKind.Qcow2, PartitionLayout.Mbr, BootMethod.Bios),
        Disk("do", "digitalOceanImage", ".qcow2.gz", DiskContainerKind.Qcow2, PartitionLayout.Mbr, BootMethod.Bios) with { Compression = "gzip" },
        Tarball("docker", "tarball"),
        new() { Name = "gce", Attribute = "googleComputeImage", Results = ["*.raw.tar.gz"], Extension = ".raw.tar.gz", Layout = PartitionLayout.Mbr, Boot = BootMethod.Bios, RootLabel = Root },
        Disk("hyperv", "hypervImage", ".vhdx", DiskContainerKind.Vhdx, PartitionLayout.Gpt, BootMethod.Efi) with { BootLabel = "ESP" },
        Iso("install-iso"),
        Iso("install-iso-hyperv"),
        Iso("iso"),
        Tarball("kexec", "kexec_tarball") with { Boot = BootMethod.Kexec },
        new() { Name = "kexec-bundle", Attribute = "kexec_bundle", Extension = "-kexec_bundle", Boot = BootMethod.Kexec },
        Disk("kubevirt", "kubevirtImage", ".qcow2", DiskContainerKind.Qcow2, PartitionLayout.Mbr, BootMethod.Bios),
        Disk("linode", "linodeImage", ".img.gz", DiskContainerKind.Raw, PartitionLayout.Whole, BootMethod.Bios) with { Compression = "gzip" },
        Tarball("lxc", "tarball"),
        Tarball("lxc-metadata", "metadata"),
        Disk("openstack", "openstackImage", ".qcow2", DiskContainerKind.Qcow2, PartitionLayout.Mbr, BootMethod.Bios),
        new() { Name = "proxmox", Attribute = "VMA", Results = ["*.vma.zst"], Extension = ".vma.zst", Compression = "zstd", Layout = PartitionLayout.Mbr, Boot = BootMethod.Bios, RootLabel = Root },
        Tarball("proxmox-lxc", "tarball"),
        Disk("qcow", "qcow", ".qcow2", DiskContainerKind.Qcow2, PartitionLayout.Hybrid, BootMethod.BiosOrEfi),
        Disk("qcow-efi", "qcow-efi", ".qcow2", DiskContainerKind.Qcow2, PartitionLayout.Gpt, BootMethod.Efi) with { BootLabel = "ESP" },
        Disk("raw", "raw", ".img", DiskContainerKind.Raw, PartitionLayout.Mbr, BootMethod.Bios),
        Disk("raw-efi", "raw", ".img", DiskContainerKind.Raw, PartitionLayout.Gpt, BootMethod.Efi) with { BootLabel = "ESP" },
        SdCard("sd-aarch64", "aarch64-linux"),
        SdCard("sd-aarch64-installer", "aarch64-linux"),
        SdCard("sd-x86_64", "x86_64-linux"),
        new() { Name = "vagrant-virtualbox", Attribute = "vagrantVirtualbox", Results = ["*.box"], Extension = ".box", Layout = PartitionLayout.Mbr, Boot = BootMethod.Bios },
        new() { Name = "virtualbox", Attribute = "virtualBoxOVA", Results = ["*.ova"], Extension = ".ova", Layout = PartitionLayout.Mbr, Boot = BootMethod.Bios },
        Runner("vm"),
        Runner("vm-bootloader") with { Boot = BootMethod.Bios },
        Runner("vm-nogui"),
        Disk("vmware", "vmwareImage", ".vmdk", DiskContainerKind.Vmdk, PartitionLayout.Gpt, BootMethod.Efi) with { BootLabel = "ESP" },
    ];

    private static ImageFormat Disk(string name, string attribute, string extension, DiskContainerKind container, PartitionLayout layout, BootMethod boot) => new()
    {
        Name = name,
        Attribute = attribute,
        Results = [$"*{extension}"],
        Extension = extension,
        Container = container,
        Layout = layout,
        Boot = boot,
        RootLabel = Root,
    };

    private static ImageFormat SdCard(string name, string system) => new()
    {
        Name = name,
        Attribute = "sdImage",
        Results = ["sd-image/*.img.zst", "sd-image/*.img"],
        Extension = ".img.zst",
        Compression = "zstd",
        Container = DiskContainerKind.Raw,
        Systems = [system],
        Layout = PartitionLayout.Mbr,
        Boot = BootMethod.Extlinux,
        RootLabel = "NIXOS_SD",
        BootLabel = "FIRMWARE",
    };

    private static ImageFormat Iso(string name) => new()
    {
        Name = name,
        Attribute = "isoImage",
        Results = ["iso/*.iso"],
        Extension = ".iso",
        Container = DiskContainerKind.Raw,
        Layout = PartitionLayout.Iso,
        Boot = BootMethod.BiosOrEfi,
    };

    private static ImageFormat Tarball(string name, string attribute) => new()
    {
        Name = name,
        Attribute = attribute,
        Results = ["tarball/*.tar.xz"],
        Extension = ".tar.xz",
        Compression = "xz",
    };

    private static ImageFormat Runner(string name) => new() { Name = name, Attribute = "vm", Results = ["bin/run-*-vm"], Extension = "" };
}
