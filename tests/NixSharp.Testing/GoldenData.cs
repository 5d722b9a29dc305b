using System.Reflection;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace NixSharp.Testing;

/// <summary>Test data from the field, kept beside the repository rather than in it.</summary>
public static class GoldenData
{
    /// <summary>The repository's root.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>Where the data is, if it is there.</summary>
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", "golden"));

    public static bool IsPresent => Directory.Exists(Folder);

    public static string PathOf(string relative) => Path.Combine(Folder, relative);

    public static JObject ReadJson(string relative)
    {
        // Trees of files are deeper than Newtonsoft's limit for strangers.
        using var reader = new JsonTextReader(File.OpenText(PathOf(relative))) { MaxDepth = 1000 };
        return JObject.Load(reader);
    }

    private static string FindRepositoryRoot()
    {
        var folder = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location);
        while (folder is not null && !File.Exists(Path.Combine(folder, "NixSharp.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests must run inside the repository.");
    }
}
