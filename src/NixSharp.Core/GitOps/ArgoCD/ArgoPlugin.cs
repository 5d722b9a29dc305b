using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Flakes;
using NixSharp.GitOps.Kubernetes;
using NixSharp.StorePaths;

namespace NixSharp.GitOps.ArgoCD;

/// <summary>
/// The plugin by which Argo CD deploys what a flake makes. Argo CD runs its commands one after the other in an
/// application's folder: <c>discover</c>, <c>init</c>, which builds, and <c>generate</c>, which gives the manifest.
/// </summary>
/// <param name="options">How it works; null takes the defaults.</param>
public sealed class ArgoPlugin(ArgoPluginOptions? options = null)
{
    private const string FlakeFile = "flake.nix";
    private const string ResultLink = "result";
    private readonly ArgoPluginOptions _options = options ?? new ArgoPluginOptions();

    /// <summary>Tells whether the plugin is for a folder.</summary>
    /// <returns>The path of its flake; null where it has none.</returns>
    public static string? Discover(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return File.Exists(Path.Combine(folder, FlakeFile)) ? FlakeFile : null;
    }

    /// <summary>The parameters that the user interface offers, as Argo CD reads them.</summary>
    public static string Announce() => new JArray(ArgoParameter.All.Select(static parameter => parameter.ToJson())).ToString(Newtonsoft.Json.Formatting.None);

    /// <summary>Builds an application: writes its values and adds them to Git's index, and builds its output, or takes it from the cache.</summary>
    /// <returns>The store path of the manifest.</returns>
    /// <exception cref="GitOpsException">The folder has no flake, or the build took too long.</exception>
    /// <exception cref="Processes.NixProcessException">Nix could not evaluate or build the output, or Git failed.</exception>
    /// <exception cref="NixFileException">The values cannot be written.</exception>
    public async Task<StorePath> InitAsync(ArgoApplication application, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        if (Discover(application.Folder) is null)
        {
            throw new GitOpsException(NixErrorCodes.PluginNotBuilt, $"{application.Folder} has no {FlakeFile}, so there is nothing to build. Check the application's path.", application.Folder);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(_options.Timeout);
        try
        {
            return await BuildAsync(application, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GitOpsException(
                NixErrorCodes.PluginTimedOut,
                $"{application.Output} of {application.Folder} was not built within {_options.Timeout.TotalSeconds:0.#} seconds. What was built so far is kept, and the next attempt goes on from there; raise ARGOCD_EXEC_TIMEOUT of the plugin's container and of the repo server, or build it into a cache first.",
                application.Folder);
        }
    }

    /// <summary>Reads what <see cref="InitAsync"/> built, and checks it.</summary>
    /// <returns>The manifest, which ends with a line break.</returns>
    /// <exception cref="GitOpsException">There is no result, it leads out of the store, or it is no manifest.</exception>
    /// <exception cref="NixFileException">It cannot be read.</exception>
    public async Task<string> GenerateAsync(ArgoApplication application, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        var text = await ArgoResult.ReadAsync(Path.Combine(application.Folder, ResultLink), _options.Nix.StoreDirectory, cancellationToken).ConfigureAwait(false);
        var objects = ManifestCheck.Read(text, $"{application.Output} of {application.Folder}");
        _options.Log?.Report($"{objects.Count} objects");
        return text;
    }

    private async Task<StorePath> BuildAsync(ArgoApplication application, CancellationToken cancellationToken)
    {
        var repository = new ArgoRepository(application.Folder);
        if (application.Values is { } values)
        {
            _options.Log?.Report($"values from the application go to {_options.ValuesFile}");
            await AtomicFile.WriteAsync(Path.Combine(application.Folder, _options.ValuesFile), Encoding.UTF8.GetBytes(values), cancellationToken).ConfigureAwait(false);
            await repository.StageAsync(_options.ValuesFile, cancellationToken).ConfigureAwait(false);
        }

        var folders = ArgoFolders.Find(_options.CacheFolder);
        var client = new NixClient(_options.Nix with
        {
            WorkingFolder = application.Folder,
            Impure = application.Impure || _options.Nix.Impure,
            Log = _options.Log ?? _options.Nix.Log,
            Environment = folders.AddTo(_options.Nix.Environment),
            ExtraArguments = [.. _options.Nix.ExtraArguments, "--no-write-lock-file"],
        });
        var link = Path.Combine(application.Folder, ResultLink);
        var cache = new ArgoCache(folders.Cache, _options.Nix.StoreDirectory);
        var key = application.Impure ? null : await repository.FindContentsAsync(application.Output, cancellationToken).ConfigureAwait(false);
        if (key is not null && cache.Find(key) is { } known)
        {
            // A root for it, and the proof that the store still has it.
            _options.Log?.Report($"{application.Output} was built before: {known}");
            await client.BuildAsync(known.ToString(), new NixBuildOptions { OutLink = link }, cancellationToken).ConfigureAwait(false);
            return known;
        }

        _options.Log?.Report($"building {application.Output}");
        var built = (await client.BuildAsync($".#{application.Output}", new NixBuildOptions { OutLink = link }, cancellationToken).ConfigureAwait(false))[0].Outputs;
        var path = built.TryGetValue("out", out var output) ? output : built.Values.First();
        if (key is not null)
        {
            await cache.AddAsync(key, path, cancellationToken).ConfigureAwait(false);
        }

        return path;
    }
}
