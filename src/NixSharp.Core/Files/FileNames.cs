using System.Buffers;
using System.Text;

namespace NixSharp.Files;

/// <summary>Names of files as bytes: what is allowed, and how they look in messages.</summary>
internal static class FileNames
{
    /// <summary>The most bytes that a name in a folder has.</summary>
    public const int MaxLength = 255;

    /// <summary>The most bytes that a symlink's target has.</summary>
    public const int MaxTargetLength = 4095;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The bytes of <paramref name="path"/> with a NUL behind, as the C library takes them.</summary>
    public static byte[] Terminate(string path)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(path) + 1];
        Encoding.UTF8.GetBytes(path, bytes);
        return bytes;
    }

    /// <summary>Says what is wrong with a name in a folder; null where nothing is.</summary>
    public static string? WhyNotName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return "it is empty";
        }

        if (name.Length > MaxLength)
        {
            return $"it has {name.Length} bytes, and {MaxLength} are allowed";
        }

        if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
        {
            return "it names a folder, not an entry of one";
        }

        return name.IndexOfAny((byte)'/', (byte)0) >= 0 ? "it contains a slash or a NUL" : null;
    }

    /// <summary>Says what is wrong with a symlink's target; null where nothing is.</summary>
    public static string? WhyNotTarget(ReadOnlySpan<byte> target)
    {
        if (target.IsEmpty)
        {
            return "it is empty";
        }

        return target.Length > MaxTargetLength
            ? $"it has {target.Length} bytes, and {MaxTargetLength} are allowed"
            : target.Contains((byte)0) ? "it contains a NUL" : null;
    }

    /// <summary>The name as text for messages; control characters and bytes that are not UTF-8 as <c>\xNN</c>.</summary>
    public static string Display(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        while (!name.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(name, out var rune, out var consumed);
            if (status == OperationStatus.Done && !Rune.IsControl(rune))
            {
                text.Append(rune);
            }
            else
            {
                foreach (var value in name[..consumed])
                {
                    text.Append("\\x").Append(value.ToString("x2", null));
                }
            }

            name = name[consumed..];
        }

        return text.ToString();
    }

    /// <summary>The name as .NET's own file calls take it.</summary>
    /// <exception cref="NixFileException">It is not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> name, string folder)
    {
        try
        {
            return Strict.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            throw new NixFileException(
                NixErrorCodes.InvalidFileName,
                $"'{Display(name)}' cannot be written in {folder}: it is not UTF-8, as names on this system are. Unpack it on Linux.",
                Path.Combine(folder, Display(name)));
        }
    }
}
