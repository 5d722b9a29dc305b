using NixSharp.Files;

namespace NixSharp.NarInfos;

/// <summary>Reads files that hold a key.</summary>
internal static class KeyFile
{
    private const int MaxSize = 64 * 1024;

    public static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        try
        {
            return new FileInfo(file).Length <= MaxSize
                ? await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false)
                : throw new NixFormatException(NixErrorCodes.InvalidKey, $"'{file}' holds no key: it has more than {MaxSize} bytes. Name the file of the key.");
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(file, error);
        }
    }
}
