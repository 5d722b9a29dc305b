using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Core.Tests.Closures;

/// <summary>A store that is nothing but its paths, as a cache is: for graphs that no local store would take in.</summary>
internal sealed class MemoryStore : INixStore
{
    private readonly Dictionary<StorePath, PathInfo> _infos = [];

    public string Uri => "memory";

    public StoreDirectory StoreDirectory => StoreDirectory.Default;

    public int Queries { get; private set; }

    public static StorePath PathOf(string name) =>
        StorePath.FromContentAddress(name, ContentAddress.Text(NixHash.Compute(NixHashAlgorithm.Sha256, System.Text.Encoding.UTF8.GetBytes(name))));

    public StorePath Put(string name, params string[] references) => Put(PathOf(name), 1000 + name.Length, references.Select(PathOf));

    public StorePath Put(StorePath path, long narSize, IEnumerable<StorePath> references)
    {
        _infos[path] = new PathInfo
        {
            Path = path,
            NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, System.Text.Encoding.UTF8.GetBytes(path.Name)),
            NarSize = narSize,
            References = [.. references.Order()],
        };
        return path;
    }

    public Task<PathInfo?> QueryPathInfoAsync(StorePath path, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Queries++;
        return Task.FromResult(_infos.GetValueOrDefault(path));
    }

    public Task ReadNarAsync(StorePath path, Stream destination, CancellationToken cancellationToken = default) => throw new NotSupportedException("These paths have no contents.");

    public Task AddNarAsync(PathInfo info, Stream nar, AddNarOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("This store is filled by tests.");

    public Task<StorePath> AddAsync(string source, string? name = null, AddOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("This store is filled by tests.");

    public Task<StorePath> AddTextAsync(string name, string text, IReadOnlyCollection<StorePath>? references = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("This store is filled by tests.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
