using System.Runtime.InteropServices;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes;

/// <summary>Counts the files of a volume and their space, and finds which of them have names outside.</summary>
internal static class VolumeCensus
{
    private const int BlockSize = 512;

    public static VolumeStatistics Take(string path, CancellationToken cancellationToken) =>
        LibC.IsAvailable ? Count(path, cancellationToken) : Estimate(path);

    private static VolumeStatistics Count(string path, CancellationToken cancellationToken)
    {
        using var walk = new FolderWalk(path, sorted: false);
        var name = FileNames.Terminate(path);
        if (LibC.StatX(LibC.CurrentFolder, name, LibC.SymlinkNoFollow, LibC.StatusBasics, out var root) != 0)
        {
            throw FileErrors.Reading(path, Marshal.GetLastPInvokeError());
        }

        long uniqueBytes = root.Blocks * BlockSize;
        long uniqueInodes = 1;
        var linked = new Dictionary<FileIdentity, (long Bytes, uint Missing)>();
        walk.Enter(name);
        while (walk.Depth > 0)
        {
            if (!walk.TryNext(out var entry))
            {
                walk.Leave();
                continue;
            }

            var status = walk.Status(entry);
            var bytes = status.Blocks * BlockSize;
            if (status.Type != EntryType.Directory && status.Links > 1)
            {
                ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(linked, status.Identity, out var exists);
                known = exists ? (known.Bytes, known.Missing - 1) : (bytes, status.Links - 1);
                continue;
            }

            uniqueBytes += bytes;
            uniqueInodes++;
            if (status.Type == EntryType.Directory)
            {
                cancellationToken.ThrowIfCancellationRequested();
                walk.Enter(walk.TerminatedName(entry));
            }
        }

        // Nothing is missing where all names of a file were found inside.
        var outside = linked.Values.Where(static file => file.Missing != 0).ToList();
        var sharedBytes = outside.Sum(static file => file.Bytes);
        return new VolumeStatistics(
            sharedBytes,
            uniqueBytes + linked.Values.Sum(static file => file.Bytes) - sharedBytes,
            outside.Count,
            uniqueInodes + linked.Count - outside.Count);
    }

    /// <summary>Without inodes nothing is known of sharing, and volumes are copies there.</summary>
    internal static VolumeStatistics Estimate(string path)
    {
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
        var files = new DirectoryInfo(path).EnumerateFileSystemInfos("*", everything).ToList();
        return new VolumeStatistics(0, files.OfType<FileInfo>().Sum(static file => file.Length), 0, files.Count + 1);
    }
}
