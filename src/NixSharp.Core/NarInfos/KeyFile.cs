using NixSharp.Files;

namespace NixSharp.NarInfos;

/// <summary>Reads files that hold a key; a pipe may stand in for one, because secrets often come out of a program.</summary>
internal static class KeyFile
{
    private const int MaxSize = 64 * 1024;

    public static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        try
        {
            using var reader = new StreamReader(file);
            var text = new char[MaxSize];
            var count = await reader.ReadBlockAsync(text, cancellationToken).ConfigureAwait(false);
            return count < MaxSize
                ? new string(text, 0, count)
                : throw new NixFormatException(NixErrorCodes.InvalidKey, $"'{file}' holds no key: it has more than {MaxSize} bytes. Name the file of the key.");
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(file, error);
        }
    }
}
