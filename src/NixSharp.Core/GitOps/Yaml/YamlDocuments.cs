using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NixSharp.GitOps.Yaml;

/// <summary>The documents of a text, each as the events that a parser would give for it alone.</summary>
internal static class YamlDocuments
{
    /// <summary>Splits a text; documents that are empty are left out.</summary>
    /// <exception cref="YamlException">The text is no YAML, or nests too deep.</exception>
    public static IEnumerable<IReadOnlyList<ParsingEvent>> Split(string text)
    {
        var document = new List<ParsingEvent>();
        foreach (var parsed in YamlText.Read(text))
        {
            switch (parsed)
            {
                case StreamStart or StreamEnd:
                    break;
                case DocumentStart:
                    document = [];
                    break;
                case DocumentEnd when document is not [Scalar { IsKey: false, Value.Length: 0 }]:
                    yield return document;
                    break;
                case DocumentEnd:
                    break;
                default:
                    document.Add(parsed);
                    break;
            }
        }
    }

    /// <summary>The text that the mapping at the top has under a name; null where it has none.</summary>
    public static string? Find(IReadOnlyList<ParsingEvent> document, string name)
    {
        var depth = 0;
        for (var i = 0; i < document.Count - 1; i++)
        {
            if (depth == 1 && document[i] is Scalar { IsKey: true } key && key.Value == name)
            {
                return (document[i + 1] as Scalar)?.Value;
            }

            depth += document[i].NestingIncrease;
        }

        return null;
    }
}
