using Newtonsoft.Json.Linq;
using NixSharp.Json;

namespace NixSharp.GitOps.NuGet;

/// <summary>Packages that a build restores though no project names them: tools of <c>dotnet-tools.json</c>, SDKs of <c>global.json</c>.</summary>
internal static class ToolManifest
{
    /// <summary>Looks in <paramref name="folder"/> and those above it, up to the repository's root, as <c>dotnet</c> does.</summary>
    public static async Task<IReadOnlyList<PackageRequest>> FindAsync(string folder, CancellationToken cancellationToken)
    {
        var requests = new Dictionary<string, PackageRequest>();
        var (isToolRoot, hasGlobal) = (false, false);
        for (string? current = folder; current is not null; current = Path.GetDirectoryName(current))
        {
            foreach (var manifest in (string[])[Path.Combine(current, ".config", "dotnet-tools.json"), Path.Combine(current, "dotnet-tools.json")])
            {
                if (!isToolRoot && File.Exists(manifest))
                {
                    isToolRoot = await AddToolsAsync(manifest, requests, cancellationToken).ConfigureAwait(false);
                }
            }

            var global = Path.Combine(current, "global.json");
            if (!hasGlobal && File.Exists(global))
            {
                hasGlobal = true;
                await AddSdksAsync(global, requests, cancellationToken).ConfigureAwait(false);
            }

            if (Path.Exists(Path.Combine(current, ".git")))
            {
                break;
            }
        }

        return [.. requests.Values];
    }

    private static async Task<bool> AddToolsAsync(string path, Dictionary<string, PackageRequest> requests, CancellationToken cancellationToken)
    {
        var json = await ProjectFiles.ReadJsonAsync(path, cancellationToken).ConfigureAwait(false);
        return ProjectFiles.Read(path, () =>
        {
            foreach (var tool in JsonNodes.Expect<JObject>(json["tools"], "the list of tools").Properties())
            {
                var version = JsonNodes.Text((tool.Value as JObject)?["version"], $"the version of {tool.Name}");
                requests.TryAdd(tool.Name.ToLowerInvariant(), PackageRequest.Create(tool.Name, version, path, "dotnet tool restore"));
            }

            return JsonNodes.Boolean(json["isRoot"], "isRoot") ?? false;
        });
    }

    private static async Task AddSdksAsync(string path, Dictionary<string, PackageRequest> requests, CancellationToken cancellationToken)
    {
        var json = await ProjectFiles.ReadJsonAsync(path, cancellationToken).ConfigureAwait(false);
        ProjectFiles.Read(path, () =>
        {
            foreach (var sdk in (json["msbuild-sdks"] as JObject ?? []).Properties())
            {
                var request = PackageRequest.Create(sdk.Name, JsonNodes.Text(sdk.Value, $"the version of {sdk.Name}"), path, "dotnet restore");
                requests.TryAdd($"{request.Name}/{request.Version}", request);
            }

            return true;
        });
    }
}
