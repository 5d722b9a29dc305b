namespace NixSharp.Volumes;

/// <summary>
/// How much space a volume takes. Each file counts once, however many names it has; bytes are those of the blocks on
/// disk. Shared is what has further names outside, in the store or in other volumes, and stays when the volume goes;
/// unique is the rest. Blocks that file systems share between files count as unique.
/// </summary>
/// <param name="SharedBytes">The bytes of files that are also elsewhere.</param>
/// <param name="UniqueBytes">The bytes that deleting the volume would free.</param>
/// <param name="SharedInodes">The number of files that are also elsewhere.</param>
/// <param name="UniqueInodes">The number of files, folders and symlinks that deleting the volume would free.</param>
public sealed record VolumeStatistics(long SharedBytes, long UniqueBytes, long SharedInodes, long UniqueInodes)
{
    /// <summary>Shared and unique bytes.</summary>
    public long Bytes => SharedBytes + UniqueBytes;

    /// <summary>Shared and unique files, folders and symlinks.</summary>
    public long Inodes => SharedInodes + UniqueInodes;
}
