using NixSharp.StorePaths;

namespace NixSharp.Stores.Copying;

/// <summary>Counts what arrives, and tells it every megabyte and at the end of each path or batch of paths.</summary>
internal sealed class CopyProgress(IProgress<NixProgress>? progress, string destination, IReadOnlyList<PathInfo> paths)
{
    private const long Step = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly long _totalSize = paths.Sum(static info => info.NarSize);
    private readonly Dictionary<StorePath, long> _underWay = [];
    private readonly HashSet<StorePath> _finished = [];
    private long _size;
    private long _told;

    /// <summary>Has a source tell how far its NAR is.</summary>
    public NarSource Watch(NarSource source) => progress is null ? source : source with
    {
        WriteNarAsync = async (output, cancellationToken) =>
        {
            var counted = new CountedStream(output, size => Advance(source.Info, size));
            await using (counted.ConfigureAwait(false))
            {
                await source.WriteNarAsync(counted, cancellationToken).ConfigureAwait(false);
            }
        },
        Progress = new Direct(size => Advance(source.Info, size)),
    };

    /// <summary>Counts paths that are valid in the destination now.</summary>
    public void Finish(IReadOnlyList<PathInfo> done)
    {
        if (progress is null)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var info in done.Where(info => _finished.Add(info.Path)))
            {
                _size += info.NarSize - _underWay.GetValueOrDefault(info.Path);
                _underWay.Remove(info.Path);
            }

            Tell();
            progress.Report(new NixProgress("copying paths to", destination, _finished.Count, paths.Count, ProgressUnit.Items));
        }
    }

    private void Advance(PathInfo info, long size)
    {
        lock (_gate)
        {
            if (_finished.Contains(info.Path))
            {
                return;
            }

            // A source that sends too much is refused; until then it counts for no more than it announced.
            size = Math.Min(size, info.NarSize);
            _size += size - _underWay.GetValueOrDefault(info.Path);
            _underWay[info.Path] = size;
            if (_size - _told >= Step)
            {
                Tell();
            }
        }
    }

    private void Tell()
    {
        _told = _size;
        progress!.Report(new NixProgress("copying to", destination, _size, _totalSize));
    }

    private sealed class Direct(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
