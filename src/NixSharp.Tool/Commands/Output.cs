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
}
