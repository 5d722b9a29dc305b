using System.Collections;

namespace NixSharp.Images;

/// <summary>Annotations of a descriptor, sorted by their keys; two sets with the same entries are equal.</summary>
public sealed class AnnotationSet : IReadOnlyCollection<KeyValuePair<string, string>>, IEquatable<AnnotationSet>
{
    private readonly SortedList<string, string> _entries = new(StringComparer.Ordinal);

    /// <summary>Takes some entries; of several with one key, the last.</summary>
    public AnnotationSet(IEnumerable<KeyValuePair<string, string>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        foreach (var (key, value) in entries)
        {
            _entries[key] = value;
        }
    }

    /// <summary>No annotations.</summary>
    public static AnnotationSet Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <summary>The value of a key; null where there is none.</summary>
    public string? Find(string key) => _entries.GetValueOrDefault(key);

    /// <inheritdoc/>
    public bool Equals(AnnotationSet? other) => other is not null && _entries.SequenceEqual(other._entries);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AnnotationSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var (key, value) in _entries)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _entries.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
