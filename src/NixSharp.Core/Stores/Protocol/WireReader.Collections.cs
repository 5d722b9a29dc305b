namespace NixSharp.Stores.Protocol;

internal sealed partial class WireReader
{
    /// <summary>Reads a list: a count, and so many items.</summary>
    public async ValueTask<List<T>> ReadListAsync<T>(Func<CancellationToken, ValueTask<T>> readItem, CancellationToken cancellationToken)
    {
        var count = await ReadCountAsync(cancellationToken).ConfigureAwait(false);
        var items = new List<T>();
        for (var i = 0; i < count; i++)
        {
            items.Add(await readItem(cancellationToken).ConfigureAwait(false));
        }

        return items;
    }

    /// <summary>Reads a map: a count, and so many keys, each followed by its value.</summary>
    public async ValueTask<Dictionary<TKey, TValue>> ReadMapAsync<TKey, TValue>(
        Func<CancellationToken, ValueTask<TKey>> readKey,
        Func<CancellationToken, ValueTask<TValue>> readValue,
        CancellationToken cancellationToken)
        where TKey : notnull
    {
        var count = await ReadCountAsync(cancellationToken).ConfigureAwait(false);
        var map = new Dictionary<TKey, TValue>();
        for (var i = 0; i < count; i++)
        {
            var key = await readKey(cancellationToken).ConfigureAwait(false);
            if (!map.TryAdd(key, await readValue(cancellationToken).ConfigureAwait(false)))
            {
                throw Invalid($"'{key}' is there twice");
            }
        }

        return map;
    }

    /// <summary>Reads something that may be missing: 0, or 1 and the thing.</summary>
    public async ValueTask<T?> ReadOptionalAsync<T>(Func<CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
        where T : struct =>
        await ReadBooleanAsync(cancellationToken).ConfigureAwait(false) ? await read(cancellationToken).ConfigureAwait(false) : null;

    /// <summary>Reads names, signatures or the like.</summary>
    public ValueTask<List<string>> ReadNamesAsync(CancellationToken cancellationToken) => ReadListAsync(ReadNameAsync, cancellationToken);

    /// <summary>Reads a name, a path or the like.</summary>
    public ValueTask<string> ReadNameAsync(CancellationToken cancellationToken) => ReadStringAsync(cancellationToken, WireFormat.MaxName);

    /// <summary>Reads text that may be long.</summary>
    public ValueTask<string> ReadTextAsync(CancellationToken cancellationToken) => ReadStringAsync(cancellationToken);

    private async ValueTask<int> ReadCountAsync(CancellationToken cancellationToken)
    {
        var count = await ReadNumberAsync(cancellationToken).ConfigureAwait(false);
        return count <= WireFormat.MaxItems ? (int)count : throw Invalid($"a list of {count} items stands where at most {WireFormat.MaxItems} may be");
    }
}
