using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>Enumerates in the order in which Nix writes, without sorting what is sorted already.</summary>
internal static class InByteOrder
{
    public static IReadOnlyList<KeyValuePair<string, T>> Sorted<T>(IReadOnlyDictionary<string, T> map) =>
        Sorted([.. map], static (left, right) => ByteText.Comparer.Compare(left.Key, right.Key));

    public static IReadOnlyList<KeyValuePair<StorePath, T>> Sorted<T>(IReadOnlyDictionary<StorePath, T> map) =>
        Sorted([.. map], static (left, right) => left.Key.CompareTo(right.Key));

    public static IReadOnlyList<string> Sorted(IReadOnlyCollection<string> texts) =>
        texts.Count < 2 && texts is IReadOnlyList<string> sorted ? sorted : Sorted([.. texts], ByteText.Comparer.Compare);

    public static IReadOnlyList<StorePath> Sorted(IReadOnlyCollection<StorePath> paths) =>
        Sorted([.. paths], static (left, right) => left.CompareTo(right));

    private static T[] Sorted<T>(T[] items, Comparison<T> compare)
    {
        for (var i = 1; i < items.Length; i++)
        {
            if (compare(items[i - 1], items[i]) > 0)
            {
                Array.Sort(items, compare);
                break;
            }
        }

        return items;
    }
}
