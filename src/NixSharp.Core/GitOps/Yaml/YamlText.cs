using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace NixSharp.GitOps.Yaml;

/// <summary>YAML from strangers: refused before it costs more than its length.</summary>
internal static class YamlText
{
    private const int MaxDepth = 100;

    /// <summary>Reads events one after the other, and stops where they nest too deep.</summary>
    /// <exception cref="YamlException">The text is no YAML.</exception>
    public static IEnumerable<ParsingEvent> Read(string text)
    {
        var parser = new Parser(new StringReader(text));
        for (var depth = 0; MoveNext(parser); depth += parser.Current!.NestingIncrease)
        {
            if (depth > MaxDepth)
            {
                throw new YamlException(parser.Current!.Start, parser.Current.End, $"it is nested deeper than {MaxDepth} levels");
            }

            yield return parser.Current!;
        }
    }

    /// <summary>Loads the one document of a text; null where it is empty.</summary>
    /// <exception cref="YamlException">The text is no YAML, or has several documents.</exception>
    public static YamlNode? Load(string text)
    {
        var documents = LoadAll(text);
        return documents.Count switch
        {
            0 => null,
            1 => documents[0],
            _ => throw new YamlException("it has several documents"),
        };
    }

    /// <summary>Loads the documents of a text.</summary>
    /// <exception cref="YamlException">The text is no YAML.</exception>
    public static IReadOnlyList<YamlNode> LoadAll(string text)
    {
        // Loading recurses, so the depth is looked at first.
        foreach (var _ in Read(text))
        {
            continue;
        }

        var stream = new YamlStream();
        Guard(() =>
        {
            stream.Load(new StringReader(text));
            return true;
        });
        return [.. stream.Documents.Select(static document => document.RootNode)];
    }

    /// <summary>Writes one document.</summary>
    public static string Write(YamlNode root)
    {
        using var text = new StringWriter(System.Globalization.CultureInfo.InvariantCulture) { NewLine = "\n" };
        new YamlStream(new YamlDocument(root)).Save(text, assignAnchors: false);
        var written = text.ToString();
        const string End = "...\n";
        return written.EndsWith(End, StringComparison.Ordinal) ? written[..^End.Length] : written;
    }

    private static bool MoveNext(Parser parser) => Guard(parser.MoveNext);

    // Some of what is no YAML makes the library fail in other ways than it says.
    internal static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IndexOutOfRangeException or KeyNotFoundException)
        {
            throw new YamlException($"it is no YAML ({error.Message.TrimEnd('.')})");
        }
    }
}
