using System.Text;

namespace NixSharp.Images;

/// <summary>Absolute paths inside an image.</summary>
internal static class ImagePaths
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Says what is wrong with a path; null where nothing is.</summary>
    public static string? WhyNot(string path)
    {
        if (!path.StartsWith('/'))
        {
            return "it is not absolute";
        }

        if (path.Length > 1 && path[1..].Split('/').Any(static part => part is "" or "." or ".."))
        {
            return "it is not in its simplest form, without '.', '..', double slashes and a slash at its end";
        }

        return IsText(path) ? null : "it contains a NUL or is no Unicode text";
    }

    /// <summary>Whether a text can be written as UTF-8 and passed to a process.</summary>
    public static bool IsText(string text)
    {
        try
        {
            return Strict.GetByteCount(text) > 0 && !text.Contains('\0');
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>The folders above a path, outermost first, without the root.</summary>
    public static IEnumerable<string> AncestorsOf(string path)
    {
        for (var slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }
}
