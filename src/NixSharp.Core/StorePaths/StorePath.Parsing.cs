using System.Buffers;
using System.Text;
using NixSharp.Hashing;

namespace NixSharp.StorePaths;

public readonly partial record struct StorePath
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-._?=");

    /// <summary>Reads a whole path that lies directly in <paramref name="directory"/> (default <c>/nix/store</c>).</summary>
    /// <exception cref="NixFormatException">The text is no such path.</exception>
    public static StorePath Parse(string text, StoreDirectory? directory = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        directory ??= StoreDirectory.Default;
        var prefix = directory.Path.Length + 1;
        if (text.Length <= prefix || !text.StartsWith(directory.Path, StringComparison.Ordinal) || text[prefix - 1] != '/')
        {
            throw new NixFormatException(
                NixErrorCodes.InvalidStorePath,
                $"'{text}' is not a store path: it is not directly in {directory}. Give the path as 'nixsharp store add' or Nix prints it.");
        }

        return ParseBaseName(text[prefix..], directory);
    }

    /// <summary>Reads <c>HASH-NAME</c>.</summary>
    /// <exception cref="NixFormatException">The text is no such base name.</exception>
    public static StorePath ParseBaseName(string baseName, StoreDirectory? directory = null)
    {
        ArgumentNullException.ThrowIfNull(baseName);
        return WhyNotBaseName(baseName) is { } why
            ? throw new NixFormatException(
                NixErrorCodes.InvalidStorePath,
                $"'{baseName}' is not the base name of a store path: {why}.")
            : new StorePath(directory ?? StoreDirectory.Default, baseName);
    }

    /// <summary>Reads a whole path; false where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse(string? text, StoreDirectory? directory, out StorePath path)
    {
        directory ??= StoreDirectory.Default;
        path = default;
        return text is not null
            && text.Length > directory.Path.Length
            && text.StartsWith(directory.Path, StringComparison.Ordinal)
            && text[directory.Path.Length] == '/'
            && TryParseBaseName(text[(directory.Path.Length + 1)..], directory, out path);
    }

    /// <summary>Reads a whole path in ASCII; false where <see cref="Parse"/> would throw.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, StoreDirectory directory, out StorePath path)
    {
        var prefix = directory.Path.Length;
        path = default;
        return text.Length > prefix
            && text[prefix] == '/'
            && Ascii.Equals(text[..prefix], directory.Path)
            && TryParseBaseName(Encoding.Latin1.GetString(text[(prefix + 1)..]), directory, out path);
    }

    /// <summary>Reads <c>HASH-NAME</c>; false where <see cref="ParseBaseName"/> would throw.</summary>
    public static bool TryParseBaseName(string? baseName, StoreDirectory? directory, out StorePath path)
    {
        if (baseName is null || WhyNotBaseName(baseName) is not null)
        {
            path = default;
            return false;
        }

        path = new StorePath(directory ?? StoreDirectory.Default, baseName);
        return true;
    }

    /// <summary>Refuses what cannot be the name of a store object.</summary>
    /// <exception cref="NixFormatException">The name is empty, too long, or has a character that is not allowed.</exception>
    public static void CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (WhyNotName(name) is { } why)
        {
            throw new NixFormatException(
                NixErrorCodes.InvalidStorePathName,
                $"'{name}' cannot be the name of a store object: {why}. Choose another name, such as hello-1.0.");
        }
    }

    private static string? WhyNotBaseName(string baseName)
    {
        if (baseName.Length < HashPartLength + 2 || baseName[HashPartLength] != '-')
        {
            return "it is not 32 characters of hash, a dash and a name";
        }

        return Nix32.IsAlphabetOnly(baseName.AsSpan(0, HashPartLength))
            ? WhyNotName(baseName.AsSpan(HashPartLength + 1))
            : $"its hash part has characters outside {Nix32.Alphabet}";
    }

    private static string? WhyNotName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
        {
            return "it is empty";
        }

        if (name.Length > MaxNameLength)
        {
            return $"it has {name.Length} characters, and {MaxNameLength} are allowed";
        }

        if (name.IndexOfAnyExcept(NameCharacters) is >= 0 and var stranger)
        {
            return $"'{name[stranger]}' is not one of 0-9 a-z A-Z + - . _ ? =";
        }

        // '.' and '..', alone or before a dash, are refused by Nix 2.21 and later.
        return name is "." or ".." || name.StartsWith(".-") || name.StartsWith("..-")
            ? "'.' and '..' may not be its first part"
            : null;
    }
}
