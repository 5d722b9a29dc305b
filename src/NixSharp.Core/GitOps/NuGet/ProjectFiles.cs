using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Json;

namespace NixSharp.GitOps.NuGet;

/// <summary>Files of the .NET SDK, read with one coded error for all that can be wrong.</summary>
internal static class ProjectFiles
{
    // The assets file of a very large project has some ten megabytes.
    private const int MaxSize = 256 << 20;

    public static Task<string> ReadTextAsync(string path, CancellationToken cancellationToken) =>
        SmallFile.ReadTextAsync(path, MaxSize, NixErrorCodes.InvalidProject, cancellationToken);

    /// <summary>Reads a file that is a JSON object.</summary>
    public static async Task<JObject> ReadJsonAsync(string path, CancellationToken cancellationToken)
    {
        var text = await ReadTextAsync(path, cancellationToken).ConfigureAwait(false);
        return Read(path, () => JsonNodes.Expect<JObject>(JsonText.Parse(text), "an object"));
    }

    /// <summary>Takes values out of a file that was read.</summary>
    public static T Read<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is NixFormatException or System.Xml.XmlException)
        {
            throw new GitOpsException(NixErrorCodes.InvalidProject, $"{path} cannot be understood: {error.Message}", path, error);
        }
    }
}
