using System.Buffers;
using NixSharp.Stores;

namespace NixSharp.Flakes.References;

/// <summary>A URL as Nix takes it apart: <c>scheme:[//authority]path[?query]</c>; path and query are decoded.</summary>
internal sealed record FlakeUrl(string Scheme, string? Authority, string Path)
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private const string PathPlain = ":@/";
    private const string QueryPlain = ":@/?";
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(Unreserved + "%!$&'\"()*+,;=:@/");
    private static readonly SearchValues<char> QueryCharacters = SearchValues.Create(Unreserved + "%!$&'\"()*+,;=:@/?^");
    private static readonly SearchValues<char> AuthorityCharacters = SearchValues.Create(Unreserved + "%!$&'()*+,;=:@[]");

    public SortedDictionary<string, string> Query { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Takes a URL apart; says why where it is none.</summary>
    public static bool TryParse(string text, out FlakeUrl url, out string why)
    {
        url = new FlakeUrl("", null, "");
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || !char.IsAsciiLetterLower(text[0]) || !text[..colon].All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '+' or '.' or '-'))
        {
            why = "it has no scheme";
            return false;
        }

        var question = text.IndexOf('?', colon);
        var location = question < 0 ? text[(colon + 1)..] : text[(colon + 1)..question];
        string? authority = null;
        if (location.StartsWith("//", StringComparison.Ordinal))
        {
            var slash = location.IndexOf('/', 2);
            authority = slash < 0 ? location[2..] : location[2..slash];
            location = slash < 0 ? "" : location[slash..];
        }

        if (location.AsSpan().ContainsAnyExcept(PathCharacters) || authority.AsSpan().ContainsAnyExcept(AuthorityCharacters))
        {
            why = "it has a character that a URL encodes with %";
            return false;
        }

        var query = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (!PercentEncoding.TryDecode(location, out var path, out why) || (question >= 0 && !TryParseQuery(text[(question + 1)..], query, out why)))
        {
            return false;
        }

        url = new FlakeUrl(text[..colon], authority, path) { Query = query };
        return true;
    }

    public static bool TryParseQuery(string text, SortedDictionary<string, string> query, out string why)
    {
        why = "";
        if (text.AsSpan().ContainsAnyExcept(QueryCharacters))
        {
            why = "its query has a character that a URL encodes with %";
            return false;
        }

        foreach (var parameter in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                why = $"the parameter '{parameter}' has no name or no value";
                return false;
            }

            if (!PercentEncoding.TryDecode(parameter[..equals], out var name, out why) || !PercentEncoding.TryDecode(parameter[(equals + 1)..], out var value, out why))
            {
                return false;
            }

            query[name] = value;
        }

        return true;
    }

    /// <summary>Takes a parameter out of the query.</summary>
    public string? Take(string name) => Query.Remove(name, out var value) ? value : null;

    public static string EncodePath(string path) => PercentEncoding.Encode(path, PathPlain);

    public override string ToString()
    {
        var query = string.Join('&', Query.Select(static pair => $"{PercentEncoding.Encode(pair.Key, "")}={PercentEncoding.Encode(pair.Value, QueryPlain)}"));
        return $"{Scheme}:{(Authority is null ? "" : "//" + Authority)}{EncodePath(Path)}{(query.Length == 0 ? "" : "?" + query)}";
    }
}
