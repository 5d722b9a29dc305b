using Newtonsoft.Json.Linq;
using NixSharp.Json;

namespace NixSharp.GitOps.NuGet;

/// <summary>
/// What a restore leaves in <c>project.assets.json</c>: the packages of all target frameworks and runtimes, the packs that
/// are only downloaded (targeting, runtime and host packs, <c>PackageDownload</c>), and the folders where they lie.
/// </summary>
internal sealed record AssetsFile(IReadOnlyList<PackageRequest> Packages, IReadOnlyList<string> Folders)
{
    public static async Task<AssetsFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var json = await ProjectFiles.ReadJsonAsync(path, cancellationToken).ConfigureAwait(false);
        return ProjectFiles.Read(path, () =>
        {
            var folders = JsonNodes.Expect<JObject>(json["packageFolders"], "the list of packages folders").Properties().Select(static property => property.Name);
            var libraries = JsonNodes.Expect<JObject>(json["libraries"], "the list of libraries").Properties()
                .Where(static library => (library.Value as JObject)?["type"] is JValue { Value: "package" })
                .Select(static library => library.Name.Split('/', 2))
                .Select(parts => PackageRequest.Create(parts[0], parts.ElementAtOrDefault(1) ?? "", path, "dotnet restore"));
            var downloads = (json["project"]?["frameworks"] as JObject ?? []).Properties()
                .SelectMany(static framework => JsonNodes.Items((framework.Value as JObject)?["downloadDependencies"], "a list of packages to download"))
                .Select(download => PackageRequest.Create(
                    JsonNodes.Text((download as JObject)?["name"], "a package's name"),
                    Exact(JsonNodes.Text((download as JObject)?["version"], "a package's version")),
                    path,
                    "dotnet restore"));
            return new AssetsFile([.. libraries, .. downloads], [.. folders]);
        });
    }

    // What is only downloaded has one exact version, written as a range: [1.0.0, 1.0.0].
    private static string Exact(string range) => range.TrimStart('[').TrimEnd(']').Split(',')[0].Trim();
}
