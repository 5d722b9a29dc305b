using System.Runtime.InteropServices;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes;

/// <summary>Counts the files of a volume and their space, and finds which of them have names outside.</summary>
internal sealed class VolumeCensus
{
    private readonly Dictionary<FileIdentity, (long Bytes, uint Missing)> _linked = [];
    private long _bytes;
    private long _inodes;

    /// <summary>Measures a volume.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="bound">The files and folders elsewhere that are mounted in it.</param>
    /// <param name="cancellationToken">Stops counting.</param>
    public static VolumeStatistics Take(string path, IEnumerable<string> bound, CancellationToken cancellationToken)
    {
        if (!LibC.IsAvailable)
        {
            return Estimate(path);
        }

        var census = new VolumeCensus();
        census.Count(path, cancellationToken);
        var own = census.Sum();

        var elsewhere = new VolumeCensus();
        foreach (var other in bound)
        {
            elsewhere.Count(other, cancellationToken);
        }

        var shared = elsewhere.Sum();
        return own with { SharedBytes = own.SharedBytes + shared.Bytes, SharedInodes = own.SharedInodes + shared.Inodes };
    }

    /// <summary>Without inodes nothing is known of sharing, and volumes are copies there.</summary>
    internal static VolumeStatistics Estimate(string path)
    {
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
        var files = new DirectoryInfo(path).EnumerateFileSystemInfos("*", everything).ToList();
        return new VolumeStatistics(0, files.OfType<FileInfo>().Sum(static file => file.Length), 0, files.Count + 1);
    }

    private void Count(string path, CancellationToken cancellationToken)
    {
        if (StatusWalk.Run(path, Add, cancellationToken) is not 0 and var errno)
        {
            throw FileErrors.Reading(path, errno);
        }
    }

    private void Add(in StatX status)
    {
        if (status.Type != EntryType.Directory && status.Links > 1)
        {
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_linked, status.Identity, out var exists);
            known = exists ? (known.Bytes, known.Missing - 1) : (status.SizeOnDisk, status.Links - 1);
        }
        else
        {
            _bytes += status.SizeOnDisk;
            _inodes++;
        }
    }

    private VolumeStatistics Sum()
    {
        // Nothing is missing where all names of a file were found inside.
        var outside = _linked.Values.Where(static file => file.Missing != 0).ToList();
        var sharedBytes = outside.Sum(static file => file.Bytes);
        return new VolumeStatistics(
            sharedBytes,
            _bytes + _linked.Values.Sum(static file => file.Bytes) - sharedBytes,
            outside.Count,
            _inodes + _linked.Count - outside.Count);
    }
}
