using System.Globalization;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>
/// Reads and writes registrations, the text that <c>nix-store --dump-db</c> prints and <c>nix-store --load-db</c> takes. For
/// each path: the path, its NAR's SHA-256 in base 16, its NAR's size, its deriver or an empty line, the number of
/// references, and the references, each on a line of its own.
/// </summary>
public static class PathRegistrations
{
    /// <summary>Writes registrations; line breaks are those of Unix.</summary>
    public static void Write(TextWriter output, IEnumerable<PathInfo> infos)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(infos);
        foreach (var info in infos)
        {
            Line(info.Path.ToString());
            Line(info.NarHash.ToDigestString(HashFormat.Base16));
            Line(info.NarSize.ToString(CultureInfo.InvariantCulture));
            Line(info.Deriver?.ToString() ?? "");
            Line(info.References.Count.ToString(CultureInfo.InvariantCulture));
            foreach (var reference in info.References)
            {
                Line(reference.ToString());
            }
        }

        void Line(string text)
        {
            output.Write(text);
            output.Write('\n');
        }
    }

    /// <summary>Reads registrations one after the other, as the text comes.</summary>
    /// <param name="input">The text.</param>
    /// <param name="directory">The store directory, <c>/nix/store</c> unless given.</param>
    /// <exception cref="NixFormatException">The text is damaged; names the line. Thrown while the result is enumerated.</exception>
    public static IEnumerable<PathInfo> Read(TextReader input, StoreDirectory? directory = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        var number = 0;
        while (input.ReadLine() is { } line)
        {
            number++;
            var path = Path(line);
            var hash = Next();
            if (hash.Length != 2 * NixHashAlgorithm.Sha256.GetDigestSize() || !NixHash.TryParse(hash, NixHashAlgorithm.Sha256, out var narHash))
            {
                throw Invalid($"'{hash}' is not a SHA-256 in base 16");
            }

            var size = Number("a size");
            var deriver = Next() is { Length: > 0 } text ? Path(text) : (StorePath?)null;
            var count = Number("a number of references");
            var references = new List<StorePath>();
            for (var i = 0L; i < count; i++)
            {
                references.Add(Path(Next()));
            }

            yield return new PathInfo
            {
                Path = path,
                NarHash = narHash,
                NarSize = size,
                Deriver = deriver,
                References = [.. references.Distinct().Order()],
            };
        }

        string Next()
        {
            number++;
            return input.ReadLine() ?? throw Invalid("it is missing");
        }

        StorePath Path(string text) => StorePath.TryParse(text, directory, out var path) ? path : throw Invalid($"'{text}' is not a store path");

        long Number(string what) => Next() is var text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Invalid($"'{text}' is not {what}");

        NixFormatException Invalid(string why) => new(
            NixErrorCodes.InvalidRegistration,
            $"Line {number} of the registrations cannot be read: {why}. Make them anew with 'nix-store --dump-db'.");
    }
}
