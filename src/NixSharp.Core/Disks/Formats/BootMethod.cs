namespace NixSharp.Disks.Formats;

/// <summary>What starts the system of an image.</summary>
public enum BootMethod
{
    /// <summary>Nothing in the image: a container, or a program that runs it.</summary>
    None,

    /// <summary>An old BIOS.</summary>
    Bios,

    /// <summary>UEFI, from the removable path of the EFI system partition.</summary>
    Efi,

    /// <summary>Either.</summary>
    BiosOrEfi,

    /// <summary>U-Boot, or firmware like it, with extlinux's configuration.</summary>
    Extlinux,

    /// <summary>A Linux that is running already.</summary>
    Kexec,
}
