namespace NixSharp.StorePaths;

/// <summary>The names of <see cref="ContentAddressMethod"/>.</summary>
public static class ContentAddressMethods
{
    /// <summary>The name in newer JSON: <c>flat</c>, <c>nar</c>, <c>text</c>, <c>git</c>.</summary>
    public static string GetName(this ContentAddressMethod method) => method switch
    {
        ContentAddressMethod.Flat => "flat",
        ContentAddressMethod.Nar => "nar",
        ContentAddressMethod.Text => "text",
        ContentAddressMethod.Git => "git",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "No such method."),
    };

    /// <summary>What stands before the hash algorithm in derivations and content addresses: nothing, <c>r:</c>, <c>text:</c>, <c>git:</c>.</summary>
    public static string GetPrefix(this ContentAddressMethod method) => method switch
    {
        ContentAddressMethod.Flat => "",
        ContentAddressMethod.Nar => "r:",
        ContentAddressMethod.Text => "text:",
        ContentAddressMethod.Git => "git:",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "No such method."),
    };

    /// <summary>Reads a name; <c>recursive</c>, as it was called once, is <c>nar</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out ContentAddressMethod method)
    {
        (method, var known) = name switch
        {
            "flat" => (ContentAddressMethod.Flat, true),
            "nar" or "recursive" => (ContentAddressMethod.Nar, true),
            "text" => (ContentAddressMethod.Text, true),
            "git" => (ContentAddressMethod.Git, true),
            _ => (default, false),
        };
        return known;
    }

    /// <summary>Takes the prefix that <see cref="GetPrefix"/> gives off <paramref name="text"/>.</summary>
    public static ContentAddressMethod TakePrefix(ref ReadOnlySpan<char> text)
    {
        foreach (var method in (ReadOnlySpan<ContentAddressMethod>)[ContentAddressMethod.Nar, ContentAddressMethod.Text, ContentAddressMethod.Git])
        {
            if (text.StartsWith(method.GetPrefix()))
            {
                text = text[method.GetPrefix().Length..];
                return method;
            }
        }

        return ContentAddressMethod.Flat;
    }
}
