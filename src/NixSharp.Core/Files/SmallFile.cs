using System.Text;

namespace NixSharp.Files;

/// <summary>Text files of a known order of size, which are read whole.</summary>
internal static class SmallFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file in UTF-8, with a byte order mark or without.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    /// <param name="code">The code of the error where it has more, or is not UTF-8.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="NixFileException">The file is missing, unreadable, too large, or no text.</exception>
    public static async Task<string> ReadTextAsync(string path, int limit, string code, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(path, limit, code, cancellationToken).ConfigureAwait(false);
        try
        {
            return Strict.GetString(bytes.AsSpan(bytes.AsSpan().StartsWith("\ufeff"u8) ? 3 : 0));
        }
        catch (DecoderFallbackException error)
        {
            throw new NixFileException(code, $"{path} cannot be read: its bytes are not UTF-8. Save it as UTF-8.", path, error);
        }
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <exception cref="NixFileException">The file is missing, unreadable or too large.</exception>
    public static async Task<byte[]> ReadAsync(string path, int limit, string code, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
            await using (file.ConfigureAwait(false))
            {
                if (file.Length > limit)
                {
                    throw new NixFileException(code, $"{path} cannot be read: it has {file.Length} bytes, and {limit} are allowed. Check that it is the right file.", path);
                }

                var bytes = new byte[file.Length];
                await file.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
                return bytes;
            }
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(path, error);
        }
    }
}
