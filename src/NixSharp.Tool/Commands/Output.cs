using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace NixSharp.Tool.Commands;

/// <summary>Results, on standard output.</summary>
internal static class Output
{
    /// <summary>Prints <paramref name="text"/>, or with <c>--json</c> what <paramref name="json"/> gives.</summary>
    public static void Print(ParseResult parsed, string text, Func<JToken> json)
    {
        if (parsed.GetValue(GlobalOptions.Json))
        {
            Console.Out.WriteLine(json().ToString(Newtonsoft.Json.Formatting.Indented));
        }
        else if (text.Length > 0)
        {
            Console.Out.WriteLine(text);
        }
    }

    /// <summary>Standard output for results that are long: what is written arrives when it is closed, or when there is much of it.</summary>
    public static TextWriter OpenBuffered() => new StreamWriter(Console.OpenStandardOutput(), bufferSize: 64 * 1024);
}
