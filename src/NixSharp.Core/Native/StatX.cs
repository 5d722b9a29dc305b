using System.Runtime.InteropServices;

namespace NixSharp.Native;

/// <summary>Linux's <c>struct statx</c>, the same on every processor.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatX
{
    private const ulong MountRoot = 0x2000;

    [FieldOffset(8)]
    public ulong Attributes;

    [FieldOffset(16)]
    public uint Links;

    [FieldOffset(20)]
    public uint User;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public long Size;

    /// <summary>Space on disk, in units of 512 bytes.</summary>
    [FieldOffset(48)]
    public long Blocks;

    [FieldOffset(112)]
    public long ModifiedSeconds;

    /// <summary>Which device a device file stands for.</summary>
    [FieldOffset(128)]
    public uint SpecialMajor;

    [FieldOffset(132)]
    public uint SpecialMinor;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;

    public readonly EntryType Type => (EntryType)((Mode >> 12) & 0xf);

    /// <summary>Space on disk, in bytes.</summary>
    public readonly long SizeOnDisk => Blocks * 512;

    /// <summary>Whether a folder has the mode and time that those in a store have.</summary>
    public readonly bool IsCanonicalFolder => (Mode & 0xfff) == Files.CanonicalModes.Executable && ModifiedSeconds == 1;

    public readonly bool IsOwnerExecutable => (Mode & 0x40) != 0;

    public readonly bool IsMountRoot => (Attributes & MountRoot) != 0;

    public readonly FileIdentity Identity => new(DeviceMajor, DeviceMinor, Inode);
}
