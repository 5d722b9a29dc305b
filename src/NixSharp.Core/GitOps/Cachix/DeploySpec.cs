using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Json;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Copying;

namespace NixSharp.GitOps.Cachix;

/// <summary>
/// A <c>cachix-deploy.json</c>: what each agent is to run, by Cachix's reference of <c>deploy.json</c>. Keys are written in
/// order, so that the same deployment is the same file.
/// </summary>
public sealed record DeploySpec
{
    private const int MaxFileSize = 4 << 20;

    /// <summary>What each agent, which is mostly a host, activates: the top of a NixOS, nix-darwin or home-manager configuration.</summary>
    public required IReadOnlyDictionary<string, StorePath> Agents { get; init; }

    /// <summary>A script for each system that looks at what was deployed, and undoes it by failing.</summary>
    public IReadOnlyDictionary<string, StorePath> RollbackScripts { get; init; } = new Dictionary<string, StorePath>();

    /// <summary>All store paths, each once, in order.</summary>
    public IReadOnlyList<StorePath> Paths => [.. Agents.Values.Concat(RollbackScripts.Values).Distinct().Order()];

    /// <summary>Reads the text of a specification.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="directory">The store directory of its paths; null is <c>/nix/store</c>.</param>
    /// <exception cref="NixFormatException">It is none.</exception>
    public static DeploySpec Parse(string text, StoreDirectory? directory = null)
    {
        var json = JsonNodes.Expect<JObject>(JsonText.Parse(text), "a deploy specification");
        if (json.Properties().FirstOrDefault(static property => property.Name is not ("agents" or "rollbackScript")) is { } unknown)
        {
            throw JsonNodes.Invalid($"nothing is known of '{unknown.Name}'");
        }

        directory ??= StoreDirectory.Default;
        var agents = ReadPaths(json["agents"] ?? throw JsonNodes.Missing(null, "agents"), directory);
        return agents.Count == 0
            ? throw JsonNodes.Invalid("it names no agent")
            : new DeploySpec
            {
                Agents = agents,
                RollbackScripts = json["rollbackScript"] is { } scripts ? ReadPaths(scripts, directory) : new Dictionary<string, StorePath>(),
            };
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="GitOpsException">The file is no deploy specification.</exception>
    /// <exception cref="NixFileException">The file is missing or unreadable.</exception>
    public static async Task<DeploySpec> ReadAsync(string path, StoreDirectory? directory = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        var text = await SmallFile.ReadTextAsync(full, MaxFileSize, NixErrorCodes.InvalidDeploySpec, cancellationToken).ConfigureAwait(false);
        try
        {
            return Parse(text, directory);
        }
        catch (NixFormatException error)
        {
            throw new GitOpsException(NixErrorCodes.InvalidDeploySpec, $"{full} cannot be deployed: {error.Message}", full, error);
        }
    }

    /// <summary>Writes a file in place of what is there.</summary>
    /// <exception cref="NixFileException">The file cannot be written; what was there is still there.</exception>
    public Task WriteAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return AtomicFile.WriteAsync(Path.GetFullPath(path), Encoding.UTF8.GetBytes(ToString()), cancellationToken);
    }

    /// <summary>Checks that each path is valid in a store, so that no agent is told to fetch what is not there.</summary>
    /// <exception cref="GitOpsException">Paths are missing; all of them are named.</exception>
    public async Task CheckAsync(IPathInfoReader store, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var known = await store.QueryPathInfosAsync(Paths, cancellationToken).ConfigureAwait(false);
        var missing = Agents.Select(static pair => (What: $"agent {pair.Key}", Path: pair.Value))
            .Concat(RollbackScripts.Select(static pair => (What: $"rollback script for {pair.Key}", Path: pair.Value)))
            .Where(pair => !known.ContainsKey(pair.Path))
            .Select(static pair => $"{pair.What}: {pair.Path}")
            .Order(StringComparer.Ordinal)
            .ToList();
        if (missing.Count > 0)
        {
            throw new GitOpsException(
                NixErrorCodes.DeployPathMissing,
                $"{missing.Count} of {Agents.Count + RollbackScripts.Count} paths of the deployment are not in the store. Build them, or copy them there first.\n{string.Join('\n', missing)}",
                Paths.First(path => !known.ContainsKey(path)).ToString());
        }
    }

    /// <summary>Copies what agents will fetch, with all that it needs, to the binary cache or store that they fetch from.</summary>
    /// <exception cref="GitOpsException">A path is not in <paramref name="source"/>.</exception>
    /// <exception cref="NixStoreException">The copy failed.</exception>
    public async Task<CopyResult> PushAsync(INixStore source, INixStore destination, CopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        await CheckAsync(source, cancellationToken).ConfigureAwait(false);
        return await source.CopyToAsync(destination, Paths, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The text of the file, with a line break at its end.</summary>
    public override string ToString()
    {
        var json = new JObject { ["agents"] = WritePaths(Agents) };
        if (RollbackScripts.Count > 0)
        {
            json["rollbackScript"] = WritePaths(RollbackScripts);
        }

        return JsonText.Format(json);
    }

    private static Dictionary<string, StorePath> ReadPaths(JToken json, StoreDirectory directory)
    {
        var paths = new Dictionary<string, StorePath>();
        foreach (var property in JsonNodes.Expect<JObject>(json, "store paths by name").Properties())
        {
            paths.Add(
                property.Name.Length > 0 ? property.Name : throw JsonNodes.Invalid($"a name at '{json.Path}' is empty"),
                StorePath.Parse(JsonNodes.Text(property.Value, "a store path"), directory));
        }

        return paths;
    }

    private static JObject WritePaths(IReadOnlyDictionary<string, StorePath> paths) =>
        new(paths.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => new JProperty(pair.Key, pair.Value.ToString())));
}
