using System.Xml;

namespace NixSharp.GitOps.NuGet;

/// <summary>A package's own description.</summary>
internal static class NuspecFile
{
    private const long MaxSize = 16 << 20;

    /// <summary>The package's name as it writes it itself.</summary>
    public static string ReadName(RestoredPackage package)
    {
        var path = Path.Combine(package.Folder, $"{package.Name}.nuspec");
        if (!File.Exists(path))
        {
            path = Directory.EnumerateFiles(package.Folder, "*.nuspec").FirstOrDefault() ?? path;
        }

        var name = ProjectFiles.Read(path, () =>
        {
            using var reader = Open(path);
            return FindName(reader);
        });
        return string.Equals(name, package.Name, StringComparison.OrdinalIgnoreCase)
            ? name!
            : throw new GitOpsException(
                NixErrorCodes.InvalidProject,
                $"{path} is the description of '{name}', and lies in the folder of {package}. Delete {package.Folder} and restore again.",
                path);
    }

    private static XmlReader Open(string path)
    {
        try
        {
            var reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, MaxCharactersInDocument = MaxSize, IgnoreComments = true });
            reader.MoveToContent();
            return reader;
        }
        catch (Exception error) when (Files.FileErrors.IsFromSystem(error))
        {
            throw Files.FileErrors.Reading(path, error);
        }
    }

    // The namespace differs by the age of the package.
    private static string? FindName(XmlReader reader)
    {
        while (reader.Read())
        {
            if (reader is { NodeType: XmlNodeType.Element, Depth: 2, LocalName: "id" })
            {
                return reader.ReadElementContentAsString().Trim();
            }
        }

        return null;
    }
}
