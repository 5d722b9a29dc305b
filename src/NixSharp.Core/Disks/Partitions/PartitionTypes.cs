namespace NixSharp.Disks.Partitions;

/// <summary>Names of partition types.</summary>
internal static class PartitionTypes
{
    private static readonly Dictionary<string, string> Gpt = new()
    {
        ["c12a7328-f81f-11d2-ba4b-00a0c93ec93b"] = "EFI system",
        ["21686148-6449-6e6f-744e-656564454649"] = "BIOS boot",
        ["0fc63daf-8483-4772-8e79-3d69d8477de4"] = "Linux file system",
        ["0657fd6d-a4ab-43c4-84e5-0933c84b4f4f"] = "Linux swap",
        ["4f68bce3-e8cd-4db1-96e7-fbcaf984b709"] = "Linux root (x86-64)",
        ["b921b045-1df0-41c3-af44-4c6f280d3fae"] = "Linux root (aarch64)",
        ["72ec70a6-cf74-40e6-bd49-4bda08e8f224"] = "Linux root (riscv64)",
        ["44479540-f297-41b2-9af7-d131d5f0458a"] = "Linux root (x86)",
        ["933ac7e1-2eb4-4f13-b844-0e14e2aef915"] = "Linux home",
        ["3b8f8425-20e0-4f3b-907f-1a25a76f98e8"] = "Linux server data",
        ["bc13c2ff-59e6-4262-a352-b275fd6f7172"] = "Linux extended boot",
        ["e6d6d379-f507-44c2-a23c-238f2a3df928"] = "Linux LVM",
        ["a19d880f-05fc-4d3b-a006-743f0f84911e"] = "Linux RAID",
        ["ca7d7ccb-63ed-4c53-861c-1742536059cc"] = "Linux LUKS",
        ["ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"] = "Microsoft basic data",
        ["e3c9e316-0b5c-4db8-817d-f92df00215ae"] = "Microsoft reserved",
    };

    private static readonly Dictionary<byte, string> Mbr = new()
    {
        [0x01] = "FAT12",
        [0x04] = "FAT16",
        [0x05] = "extended",
        [0x06] = "FAT16",
        [0x07] = "NTFS or exFAT",
        [0x0b] = "FAT32",
        [0x0c] = "FAT32 (LBA)",
        [0x0e] = "FAT16 (LBA)",
        [0x0f] = "extended (LBA)",
        [0x82] = "Linux swap",
        [0x83] = "Linux",
        [0x85] = "Linux extended",
        [0x8e] = "Linux LVM",
        [0xee] = "GPT",
        [0xef] = "EFI system",
        [0xfd] = "Linux RAID",
    };

    public static string? NameOf(Guid type) => Gpt.GetValueOrDefault(type.ToString());

    public static string? NameOf(byte type) => Mbr.GetValueOrDefault(type);

    public static bool IsExtended(byte type) => type is 0x05 or 0x0f or 0x85;
}
