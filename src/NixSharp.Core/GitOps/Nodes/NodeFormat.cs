using NixSharp.Flakes.Expressions;

namespace NixSharp.GitOps.Nodes;

/// <summary>
/// The file systems and boot loader that an image of a format has, as a NixOS module: what a machine that was made from the
/// image needs to build itself again.
/// </summary>
public sealed record NodeFormat
{
    /// <summary>The formats that are known, by name.</summary>
    public static IReadOnlyDictionary<string, NodeFormat> Known { get; } = new Dictionary<string, NodeFormat>
    {
        ["raw-efi"] = new() { InitrdModules = ["uas", "nvme", "ahci"] },
        ["qcow-efi"] = new() { IsResized = true, Imports = ["profiles/qemu-guest.nix"], HasConsoles = true },
        ["vmware"] = new() { IsResized = true, Settings = [(["virtualisation", "vmware", "guest", "enable"], true)] },
        ["sd-aarch64"] = new()
        {
            RootLabel = "NIXOS_SD",
            BootFolder = "/boot/firmware",
            BootLabel = "FIRMWARE",
            HasGrub = false,
            InitrdModules = ["xhci_pci", "usbhid", "usb_storage", "uas"],
            KernelParameters = ["cgroup_enable=cpuset", "cgroup_memory=1", "cgroup_enable=memory"],
        },
    };

    /// <summary>The label of the root file system, which is ext4.</summary>
    public string RootLabel { get; init; } = "nixos";

    /// <summary>Where the boot partition is mounted.</summary>
    public string BootFolder { get; init; } = "/boot";

    /// <summary>The label of the boot partition, which is FAT.</summary>
    public string BootLabel { get; init; } = "ESP";

    /// <summary>Whether GRUB boots it by EFI, from the removable path; else the extlinux file of U-Boot.</summary>
    public bool HasGrub { get; init; } = true;

    /// <summary>Whether the root file system grows with its partition.</summary>
    public bool IsResized { get; init; }

    /// <summary>Whether the kernel writes to all consoles of <c>boot.consoles</c>, which nixos-generators declares.</summary>
    public bool HasConsoles { get; init; }

    /// <summary>Modules of NixOS, relative to <c>modulesPath</c>.</summary>
    public IReadOnlyList<string> Imports { get; init; } = [];

    /// <summary>Kernel modules that are needed to find the root file system.</summary>
    public IReadOnlyList<string> InitrdModules { get; init; } = [];

    /// <summary>Parameters of the kernel.</summary>
    public IReadOnlyList<string> KernelParameters { get; init; } = [];

    /// <summary>More settings of NixOS.</summary>
    public IReadOnlyList<(IReadOnlyList<string> Path, NixExpression Value)> Settings { get; init; } = [];

    /// <summary>The module.</summary>
    public NixFunction ToModule()
    {
        var members = new List<NixMember>();
        if (Imports.Count > 0)
        {
            members.Add(Set(["imports"], new NixList([.. Imports.Select(static import => new NixString(new NixVariable("modulesPath"), $"/{import}"))])));
        }

        members.Add(FileSystem("/", RootLabel, "ext4", IsResized));
        members.Add(FileSystem(BootFolder, BootLabel, "vfat", false));
        if (HasGrub)
        {
            members.Add(Set(["boot", "growPartition"], true));
            members.Add(Set(["boot", "loader", "timeout"], 5));
            members.Add(Set(["boot", "loader", "grub"], new NixSet(
                new NixAttribute("device", "nodev"),
                new NixAttribute("efiSupport", true),
                new NixAttribute("efiInstallAsRemovable", true))));
        }
        else
        {
            members.Add(Set(["boot", "loader", "grub", "enable"], false));
            members.Add(Set(["boot", "loader", "generic-extlinux-compatible", "enable"], true));
        }

        if (InitrdModules.Count > 0)
        {
            members.Add(Set(["boot", "initrd", "availableKernelModules"], List(InitrdModules)));
        }

        if (HasConsoles)
        {
            members.Add(Set(["boot", "kernelParams"], Consoles()));
        }
        else if (KernelParameters.Count > 0)
        {
            members.Add(Set(["boot", "kernelParams"], List(KernelParameters)));
        }

        members.AddRange(Settings.Select(static setting => Set(setting.Path, setting.Value)));
        return new NixFunction(Parameters(), new NixSet(members)) { TakesMore = true };
    }

    /// <summary>One parameter for each console; images that were made without the option have one on the first serial line.</summary>
    private static NixCall Consoles() => new(
        new NixVariable("map"),
        new NixFunction("console", new NixString("console=", new NixVariable("console"))),
        new NixVariable("config")["boot", "consoles"] with { Default = new NixList("ttyS0") });

    private NixParameter[] Parameters()
    {
        var names = new List<string>();
        if (HasConsoles)
        {
            names.Add("config");
        }

        if (Imports.Count > 0)
        {
            names.Add("modulesPath");
        }

        return [.. names.Select(NixParameter.FromName)];
    }

    private static NixAttribute FileSystem(string folder, string label, string type, bool isResized)
    {
        var members = new List<NixMember> { new NixAttribute("device", $"/dev/disk/by-label/{label}"), new NixAttribute("fsType", type) };
        if (isResized)
        {
            members.Add(new NixAttribute("autoResize", true));
        }

        return Set(["fileSystems", folder], new NixSet(members));
    }

    private static NixList List(IReadOnlyList<string> texts) => new([.. texts.Select(NixExpression.From)]);

    private static NixAttribute Set(IReadOnlyList<string> path, NixExpression value) => new([.. path.Select(NixExpression.From)], value);
}
