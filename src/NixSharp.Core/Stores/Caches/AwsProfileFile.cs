using NixSharp.Files;

namespace NixSharp.Stores.Caches;

/// <summary>The files of AWS's tools: sections in brackets, with <c>name = value</c> lines.</summary>
internal static class AwsProfileFile
{
    private const int MaxSize = 1 << 20;

    /// <summary>The values of a section; null where there is no such file or section.</summary>
    /// <exception cref="NixStoreException">The file is there and cannot be read.</exception>
    public static IReadOnlyDictionary<string, string>? Read(string file, string section)
    {
        try
        {
            var info = new FileInfo(file);
            return !info.Exists ? null
                : info.Length > MaxSize ? throw Unreadable(file, $"it is larger than {MaxSize} bytes.")
                : Parse(File.ReadLines(file), section);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw Unreadable(file, FileErrors.Explain(error), error);
        }
    }

    public static IReadOnlyDictionary<string, string>? Parse(IEnumerable<string> lines, string section)
    {
        Dictionary<string, string>? values = null;
        var isInside = false;
        foreach (var line in lines.Select(static line => line.Trim()).Where(static line => line.Length > 0 && line[0] is not ('#' or ';')))
        {
            if (line[0] == '[')
            {
                isInside = string.Join(' ', line.Trim('[', ']').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) == section;
                values = isInside ? values ?? [] : values;
            }
            else if (isInside && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            {
                values![line[..equals].Trim()] = line[(equals + 1)..].Trim();
            }
        }

        return values;
    }

    private static NixStoreException Unreadable(string file, string why, Exception? error = null) =>
        new(NixErrorCodes.CacheCredentials, $"The credentials in {file} cannot be read: {why} Check that the file is yours.", error);
}
