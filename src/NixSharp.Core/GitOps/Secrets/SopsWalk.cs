using System.Text.RegularExpressions;

namespace NixSharp.GitOps.Secrets;

/// <summary>
/// Goes through a tree of values as sops does: notes the metadata under <c>sops</c>, and the values elsewhere that look as if
/// they were never encrypted.
/// </summary>
internal sealed partial class SopsWalk
{
    // Enough to say what is wrong; a large plain file has no need of a million messages.
    private const int MaxPlain = 1000;
    private const string Metadata = "sops";
    private readonly Stack<(string? Key, bool IsMap)> _open = new();
    private string? _key;

    /// <summary>The texts right under <c>sops</c>, such as <c>mac</c> and <c>encrypted_regex</c>.</summary>
    public Dictionary<string, string> Notes { get; } = [];

    /// <summary>Values that are not encrypted: the names on the way to them, and their line.</summary>
    public List<(IReadOnlyList<string> Path, int? Line)> Plain { get; } = [];

    /// <summary>Whether the keys of the map that is open come next, and not its values.</summary>
    public bool IsAtKey => _open.TryPeek(out var top) && top.IsMap && _key is null;

    public void Begin(bool isMap)
    {
        _open.Push((_key, isMap));
        _key = null;
    }

    public void End()
    {
        _open.Pop();
        _key = null;
    }

    public void Key(string name) => _key = name;

    public void Value(string? text, int? line)
    {
        // The last one is the map or list that the value is in; what its key was stands in it.
        var path = _open.Reverse().Select(static frame => frame.Key).Append(_key).OfType<string>().ToList();
        _key = null;
        if (path is [Metadata, ..])
        {
            if (path.Count == 2 && text is not null)
            {
                Notes[path[1]] = text;
            }
        }
        else if (!string.IsNullOrEmpty(text) && !IsEncrypted(text) && Plain.Count < MaxPlain)
        {
            Plain.Add((path, line));
        }
    }

    public static bool IsEncrypted(string text) => Encrypted().IsMatch(text);

    [GeneratedRegex(@"\AENC\[AES256_GCM,data:[A-Za-z0-9+/=]*,iv:[A-Za-z0-9+/=]+,tag:[A-Za-z0-9+/=]+,type:[a-z]+\]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Encrypted();
}
