using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Core.Tests.Stores.Copying;

/// <summary>Another store, seen as one that is far away, and that may say or send something else than what it has.</summary>
internal sealed class AlteredStore(INixStore inner) : INixStore
{
    public Func<PathInfo, PathInfo?> Info { get; init; } = static info => info;

    public Func<PathInfo, byte[], byte[]> Nar { get; init; } = static (_, nar) => nar;

    public List<StorePath> Sent { get; } = [];

    public string Uri { get; init; } = "altered";

    public StoreDirectory StoreDirectory => inner.StoreDirectory;

    public async Task<PathInfo?> QueryPathInfoAsync(StorePath path, CancellationToken cancellationToken = default) =>
        await inner.QueryPathInfoAsync(path, cancellationToken) is { } info ? Info(info) : null;

    public async Task ReadNarAsync(StorePath path, Stream destination, CancellationToken cancellationToken = default)
    {
        lock (Sent)
        {
            Sent.Add(path);
        }

        using var nar = new MemoryStream();
        await inner.ReadNarAsync(path, nar, cancellationToken);
        await destination.WriteAsync(Nar(await inner.GetPathInfoAsync(path, cancellationToken), nar.ToArray()), cancellationToken);
    }

    public Task AddNarAsync(PathInfo info, Stream nar, AddNarOptions? options = null, CancellationToken cancellationToken = default) =>
        inner.AddNarAsync(info, nar, options, cancellationToken);

    public Task<StorePath> AddAsync(string source, string? name = null, AddOptions? options = null, CancellationToken cancellationToken = default) =>
        inner.AddAsync(source, name, options, cancellationToken);

    public Task<StorePath> AddTextAsync(string name, string text, IReadOnlyCollection<StorePath>? references = null, CancellationToken cancellationToken = default) =>
        inner.AddTextAsync(name, text, references, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
