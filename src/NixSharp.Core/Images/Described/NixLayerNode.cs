using System.Globalization;
using NixSharp.Derivations;

namespace NixSharp.Images.Described;

/// <summary>A file or folder of a layer that is put together from several paths.</summary>
internal sealed class NixLayerNode
{
    private const string CaseHack = "~nix~case~hack~";

    /// <summary>What is in it, in the order of the archive.</summary>
    public SortedDictionary<string, NixLayerNode> Children { get; private set; } = new(ByteText.Comparer);

    /// <summary>Where it comes from; null for a folder that only leads to others.</summary>
    public FileSystemInfo? Source { get; set; }

    /// <summary>Its path in the store.</summary>
    public string StorePath { get; set; } = "";

    /// <summary>Its modes and owners.</summary>
    public IReadOnlyList<FileRule> Rules { get; set; } = [];

    public NixLayerNode Child(string name) => Children.TryGetValue(name, out var child) ? child : Children[name] = new NixLayerNode();

    /// <summary>Takes away what Nix adds to names on file systems that do not tell upper from lower case.</summary>
    /// <exception cref="InvalidDataException">Two names are then the same.</exception>
    public void RestoreNames()
    {
        var restored = new SortedDictionary<string, NixLayerNode>(ByteText.Comparer);
        foreach (var (name, child) in Children)
        {
            child.RestoreNames();
            if (!restored.TryAdd(Restore(name), child))
            {
                throw new InvalidDataException($"Two files would have the name '{Restore(name)}'.");
            }
        }

        Children = restored;
    }

    private static string Restore(string name) =>
        name.Split(CaseHack) is [var original, var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index > 0
            ? original
            : name;
}
