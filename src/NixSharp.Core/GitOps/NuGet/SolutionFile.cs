using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace NixSharp.GitOps.NuGet;

/// <summary>The projects of a solution, in either form.</summary>
internal static partial class SolutionFile
{
    private static readonly string[] ProjectExtensions = [".csproj", ".fsproj", ".vbproj"];

    public static bool IsSolution(string path) => Path.GetExtension(path) is ".sln" or ".slnx";

    public static bool IsProject(string path) => ProjectExtensions.Contains(Path.GetExtension(path));

    /// <summary>The full paths of the projects that restore packages.</summary>
    public static async Task<IReadOnlyList<string>> ReadProjectsAsync(string path, CancellationToken cancellationToken)
    {
        var text = await ProjectFiles.ReadTextAsync(path, cancellationToken).ConfigureAwait(false);
        var paths = ProjectFiles.Read(path, () => Path.GetExtension(path) == ".slnx" ? ReadXml(text) : ReadText(text));
        return
        [
            .. paths
                .Select(static project => project.Replace('\\', Path.DirectorySeparatorChar))
                .Where(IsProject)
                .Select(project => Path.GetFullPath(project, Path.GetDirectoryName(path)!)),
        ];
    }

    private static List<string> ReadText(string text) => [.. ProjectLine().Matches(text).Select(static match => match.Groups[1].Value)];

    private static List<string> ReadXml(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return [.. XDocument.Load(reader).Descendants("Project").Select(static project => (string?)project.Attribute("Path")).OfType<string>()];
    }

    [GeneratedRegex("^Project\\(\"[^\"]*\"\\) = \"[^\"]*\", \"([^\"]+)\",", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ProjectLine();
}
