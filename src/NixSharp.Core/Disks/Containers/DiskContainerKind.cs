namespace NixSharp.Disks.Containers;

/// <summary>What the bytes of a disk are wrapped in.</summary>
public enum DiskContainerKind
{
    /// <summary>Nothing: the file is the disk.</summary>
    Raw,

    /// <summary>QEMU's copy-on-write format, version 2 or 3.</summary>
    Qcow2,

    /// <summary>VMware's format.</summary>
    Vmdk,

    /// <summary>Virtual PC's format, also known as VPC.</summary>
    Vhd,

    /// <summary>Hyper-V's format.</summary>
    Vhdx,
}
