using System.Collections.Concurrent;
using NixSharp.Volumes;

namespace NixSharp.Csi.Publishing;

/// <summary>Measures volumes that are published. What is in a volume does not change, so it is counted once.</summary>
internal sealed class VolumeStats(VolumePool pool)
{
    private readonly ConcurrentDictionary<(VolumeName Name, DateTimeOffset Created), VolumeStatistics> _known = new();

    /// <summary>Measures a volume where it is mounted.</summary>
    /// <exception cref="CsiException">There is no such volume, or it is not there.</exception>
    public async Task<VolumeUsage> MeasureAsync(VolumeName name, string path, CancellationToken cancellationToken)
    {
        if (await pool.FindAsync(name, cancellationToken).ConfigureAwait(false) is not { } volume)
        {
            throw Unknown($"There is no volume {name} on this node.");
        }

        if (!path.StartsWith('/') || pool.FindMount(path) is not { } mount || (mount.Volume is { } other && other != name) || mount.State == VolumeMountState.Foreign)
        {
            throw Unknown($"The volume {name} is not published at {path}.");
        }

        var problem = volume.Problem ?? mount.State switch
        {
            VolumeMountState.Mounted => null,
            VolumeMountState.Missing => $"The volume was published at {path}, and is not mounted there any more. Publishing it again mounts it again.",
            _ => $"What is mounted at {path} is of no use any more. Publishing the volume again mounts it again.",
        };
        if (problem is not null)
        {
            return new VolumeUsage { Problem = problem };
        }

        var statistics = await CountAsync(volume, cancellationToken).ConfigureAwait(false);
        var hasSpace = FileSystemSpace.TryRead(path, out var bytes, out var inodes);
        return new VolumeUsage
        {
            Bytes = new SpaceUsage(statistics.Bytes, hasSpace ? bytes.Total : 0, hasSpace ? bytes.Available : 0),
            Inodes = new SpaceUsage(statistics.Inodes, hasSpace ? inodes.Total : 0, hasSpace ? inodes.Available : 0),
        };
    }

    private async Task<VolumeStatistics> CountAsync(PooledVolume volume, CancellationToken cancellationToken)
    {
        var key = (volume.Name, volume.Created);
        if (!_known.TryGetValue(key, out var statistics))
        {
            statistics = volume.Kind == VolumeKind.HardLinks
                ? await pool.GetStatisticsAsync(volume.Name, cancellationToken).ConfigureAwait(false)
                : new VolumeStatistics(volume.NarSize, 0, volume.StorePaths, 0);

            foreach (var stale in _known.Keys.Where(known => known.Name == volume.Name))
            {
                _known.TryRemove(stale, out _);
            }

            _known[key] = statistics;
        }

        return statistics;
    }

    private static CsiException Unknown(string message) => new(NixErrorCodes.CsiUnknownVolume, $"{message} Check the volume's name and path.");
}
