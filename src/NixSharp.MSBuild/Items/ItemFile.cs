using System.Globalization;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace NixSharp.MSBuild.Items;

/// <summary>
/// Items kept in a file, so that a target that is up to date still returns them: an item a line, its name and then
/// <c>name=value</c> metadata, between tabs, escaped as in a project. Plain enough to be read without loading the library.
/// </summary>
internal static class ItemFile
{
    public static ITaskItem[] Read(string file) => [.. File.ReadLines(file).Select(Parse)];

    /// <summary>Writes the file, or gives it the present time.</summary>
    public static void Write(string file, IEnumerable<NixItem> items) =>
        WriteAtomically(file, string.Concat(items.Select(item => Format(item) + "\n")));

    /// <summary>Writes the file unless it says the same already, because later targets go by its time.</summary>
    public static void WriteWhenDifferent(string file, IEnumerable<NixItem> items)
    {
        var text = string.Concat(items.Select(item => Format(item) + "\n"));
        if (!File.Exists(file) || File.ReadAllText(file) != text)
        {
            WriteAtomically(file, text);
        }
    }

    public static void WriteAtomically(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var staged = $"{file}.{Guid.NewGuid():N}";
        File.WriteAllText(staged, text);
        File.Move(staged, file, overwrite: true);
    }

    public static ITaskItem Parse(string line)
    {
        var fields = line.Split('\t');
        var item = new TaskItem(fields[0]);
        foreach (var field in fields.Skip(1))
        {
            var at = field.IndexOf('=', StringComparison.Ordinal);
            item.SetMetadata(field[..at], field[(at + 1)..]);
        }

        return item;
    }

    public static string Format(NixItem item) =>
        string.Join('\t', item.Metadata.Select(data => $"{data.Name}={Escape(data.Value)}").Prepend(Escape(item.Name)));

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (character is '%' or '*' or '?' or '@' or '$' or '(' or ')' or ';' or '\'' or '\t' or '\n' or '\r')
            {
                escaped.Append(CultureInfo.InvariantCulture, $"%{(int)character:x2}");
            }
            else
            {
                escaped.Append(character);
            }
        }

        return escaped.ToString();
    }
}
