using Newtonsoft.Json.Linq;
using NixSharp.Json;

namespace NixSharp.DotNet;

/// <summary>Which files of a publish output come from where, by the <c>*.deps.json</c> in it.</summary>
internal sealed class PublishedFiles
{
    private const int MaxSize = 64 << 20;
    private readonly Dictionary<string, PublishedOrigin> _origins = new(StringComparer.Ordinal);

    private PublishedFiles()
    {
    }

    /// <summary>The version of the runtime pack; null where the output has no runtime.</summary>
    public string? RuntimeVersion { get; private set; }

    /// <summary>Where a file comes from, by its path relative to the output, with slashes. What nobody tells of is the application's own.</summary>
    public PublishedOrigin OriginOf(string relativePath) => _origins.GetValueOrDefault(relativePath);

    /// <summary>Reads all lists of dependencies in a folder. One that cannot be understood tells of nothing.</summary>
    public static PublishedFiles Read(string folder)
    {
        var files = new PublishedFiles();
        foreach (var file in Directory.EnumerateFiles(folder, "*.deps.json").Order(StringComparer.Ordinal))
        {
            if (new FileInfo(file).Length <= MaxSize && JsonText.TryParse(File.ReadAllText(file), out var json, out _))
            {
                files.Add(json);
            }
        }

        return files;
    }

    private void Add(JToken dependencies)
    {
        var target = Text(Member(Member(dependencies, "runtimeTarget"), "name")) ?? "";
        foreach (var library in Members(Member(Member(dependencies, "targets"), target)))
        {
            var origin = Text(Member(Member(Member(dependencies, "libraries"), library.Name), "type")) switch
            {
                "package" => PublishedOrigin.Package,
                "runtimepack" => PublishedOrigin.Runtime,
                _ => PublishedOrigin.Application,
            };
            if (origin == PublishedOrigin.Runtime)
            {
                RuntimeVersion ??= library.Name[(library.Name.LastIndexOf('/') + 1)..];
            }

            Add(library.Value, origin);
        }
    }

    private void Add(JToken library, PublishedOrigin origin)
    {
        foreach (var kind in (string[])["runtime", "native", "resources", "runtimeTargets"])
        {
            foreach (var file in Members(Member(library, kind)))
            {
                // The lists have paths in packages. Published are the files themselves, translations in a folder by
                // their language, and what is chosen at run time where it was.
                var name = file.Name[(file.Name.LastIndexOf('/') + 1)..];
                var path = kind switch
                {
                    "runtimeTargets" => file.Name,
                    "resources" => $"{Text(Member(file.Value, "locale"))}/{name}",
                    _ => name,
                };

                // What two libraries claim belongs to the one that changes more often.
                _origins[path] = _origins.TryGetValue(path, out var other) && other < origin ? other : origin;
            }
        }
    }

    private static JToken? Member(JToken? json, string name) => (json as JObject)?[name];

    private static IEnumerable<JProperty> Members(JToken? json) => (json as JObject)?.Properties() ?? [];

    private static string? Text(JToken? json) => (json as JValue)?.Value as string;
}
