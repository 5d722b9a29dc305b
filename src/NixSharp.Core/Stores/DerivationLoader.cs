using System.Collections.Concurrent;
using System.Threading.Channels;
using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.Nar;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Reads derivations, and those that they need, from a store, several at once and each once.</summary>
internal sealed class DerivationLoader(INixStore store)
{
    /// <summary>Enough to hide the way to a cache; on this machine the processors are the limit.</summary>
    private const int RemoteReaders = 16;

    private readonly ConcurrentDictionary<StorePath, Derivation> _loaded = new();
    private readonly ConcurrentDictionary<StorePath, StorePath?> _seen = new();
    private readonly Channel<StorePath> _open = Channel.CreateUnbounded<StorePath>();
    private int _pending;

    public static async Task<Derivation?> TryReadAsync(INixStore store, StorePath path, CancellationToken cancellationToken)
    {
        if (store is IFileSystemStore files)
        {
            return DerivationFile.TryRead(files.GetRealPath(path), path);
        }

        if (await store.QueryPathInfoAsync(path, cancellationToken).ConfigureAwait(false) is not { } info)
        {
            return null;
        }

        DerivationFile.CheckSize(path, info.NarSize);
        using var nar = new MemoryStream((int)info.NarSize);
        await store.ReadNarAsync(path, nar, cancellationToken).ConfigureAwait(false);
        nar.Position = 0;
        var contents = new ContentsSink();
        NarReader.Read(nar, new PlainFileSink(contents), cancellationToken);
        return Derivation.Parse(contents.Bytes, path);
    }

    public async Task<IReadOnlyDictionary<StorePath, Derivation>> LoadAsync(IReadOnlyCollection<StorePath> roots, CancellationToken cancellationToken)
    {
        if (roots.Count == 0)
        {
            return _loaded;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Open([.. roots], null);
        var readers = store is IFileSystemStore ? Environment.ProcessorCount : RemoteReaders;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, readers).Select(_ => Task.Run(() => ReadAsync(stop), stop.Token))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // One reader failed, and the others stopped: its error comes out of the channel.
        }

        await _open.Reader.Completion.ConfigureAwait(false);
        return _loaded;
    }

    private async Task ReadAsync(CancellationTokenSource stop)
    {
        try
        {
            await foreach (var path in _open.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                var derivation = await TryReadAsync(store, path, stop.Token).ConfigureAwait(false)
                    ?? throw DerivationHashes.Missing(path, _seen[path]);
                _loaded[path] = derivation;
                Open(derivation.InputDerivations.Keys, path);
                if (Interlocked.Decrement(ref _pending) == 0)
                {
                    _open.Writer.TryComplete();
                }
            }
        }
        catch (Exception error) when (error is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            _open.Writer.TryComplete(error);
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Open(IEnumerable<StorePath> paths, StorePath? neededBy)
    {
        foreach (var path in paths)
        {
            if (_seen.TryAdd(path, neededBy))
            {
                Interlocked.Increment(ref _pending);
                _open.Writer.TryWrite(path);
            }
        }
    }

    /// <summary>Keeps the contents of one file, whose size was checked before.</summary>
    private sealed class ContentsSink : IFileTreeSink
    {
        public byte[] Bytes { get; private set; } = [];

        public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
        {
            Bytes = new byte[size];
            contents.ReadExactly(Bytes);
        }

        public void BeginDirectory(ReadOnlySpan<byte> name) => throw PlainFileSink.NotAFile();

        public void EndDirectory() => throw PlainFileSink.NotAFile();

        public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) => throw PlainFileSink.NotAFile();
    }
}
