using NixSharp.Configuration;
using NixSharp.Csi.Policies;
using NixSharp.Csi.Publishing;
using NixSharp.Derivations;
using NixSharp.Flakes;
using NixSharp.NarInfos;
using NixSharp.Processes;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Copying;

namespace NixSharp.Csi.Realising;

/// <summary>Brings what volumes are made of into the store: it is there, it is fetched, or it is built.</summary>
internal sealed class Realiser(CsiOptions options, PolicyCheck policy)
{
    private const int CacheAttempts = 3;

    private readonly Lazy<NixConfiguration> _configuration = new(static () => NixConfiguration.Load());

    /// <summary>Realises what a volume is made of, and keeps it from being collected.</summary>
    /// <param name="request">What a pod asks for.</param>
    /// <param name="root">The symlink that keeps it, which is made.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="NixException">It cannot be had, or it took too long.</exception>
    public async Task<Realised> RealiseAsync(VolumeRequest request, string root, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.RealisationTimeout);
        try
        {
            return request.Source is VolumeSource.Path path
                ? await FetchAsync(path.StorePath, request, root, limit.Token).ConfigureAwait(false)
                : await BuildAsync(request, root, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CsiException(
                NixErrorCodes.CsiTimedOut,
                $"{request.Source} was not realised in {options.RealisationTimeout.TotalSeconds:0.#} s, and was given up. Build it elsewhere and push it to a cache, or give the driver more time.",
                error);
        }
        catch (NixProcessException error)
        {
            throw NixFailures.Explain(error, request.Source);
        }
    }

    /// <summary>The keys that count for a request.</summary>
    public TrustedKeys KeysFor(VolumeRequest request) => new(
        (options.TrustedKeys ?? _configuration.Value.TrustedPublicKeys).Concat(request.TrustedKeys).Select(PublicKey.Parse));

    private async Task<Realised> FetchAsync(StorePath path, VolumeRequest request, string root, CancellationToken cancellationToken)
    {
        var storeOptions = OptionsFor(request);
        var store = await NixStore.OpenAsync(options.Store, storeOptions, cancellationToken).ConfigureAwait(false);
        await using var closing = store.ConfigureAwait(false);
        var roots = store.Require<IStoreRoots>("keep paths for volumes");
        await roots.AddTemporaryRootAsync(path, cancellationToken).ConfigureAwait(false);
        var isThere = (await store.QueryPathInfosAsync([path], cancellationToken).ConfigureAwait(false)).ContainsKey(path);
        if (!isThere)
        {
            await SubstituteAsync(store, path, request, storeOptions, cancellationToken).ConfigureAwait(false);
        }

        await roots.AddRootAsync(root, path, cancellationToken).ConfigureAwait(false);
        return new Realised(path, isThere ? RealisedFrom.Store : RealisedFrom.Substituter);
    }

    private async Task SubstituteAsync(INixStore store, StorePath path, VolumeRequest request, StoreOptions storeOptions, CancellationToken cancellationToken)
    {
        var substituters = await Substituters.OpenAsync(SubstitutersFor(request), storeOptions, cancellationToken).ConfigureAwait(false);
        await using var closing = substituters.ConfigureAwait(false);
        if (options.Policy.MaxClosureSize is not null)
        {
            var plan = await Substitution.PlanAsync(store, [path], substituters.Stores, cancellationToken).ConfigureAwait(false);
            policy.RefuseSize(path, plan.Available.Sum(static available => available.Info.NarSize));
        }

        var result = await Substitution.TryRealiseAsync(store, [path], substituters.Stores, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (result.Unavailable.Count == 0)
        {
            return;
        }

        if (store is DaemonStore daemon)
        {
            // A daemon may know of substituters that are not configured here.
            var built = await daemon.BuildAsync([DerivedPath.Of(path)], new BuildOptions { MaxJobs = 0 }, cancellationToken).ConfigureAwait(false);
            if (built.All(static one => one.IsSuccess))
            {
                return;
            }
        }

        throw Unavailable(path, [.. substituters.Failures, .. result.Failures], substituters.Stores);
    }

    private async Task<Realised> BuildAsync(VolumeRequest request, string root, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(root)!);
        var expression = request.Source as VolumeSource.Expression;
        var client = new NixClient(new NixOptions
        {
            Store = options.Store,
            Impure = expression is not null,
            Config = SettingsFor(request),
            ExtraArguments = expression is null ? [] : ["--expr", expression.Text],
        });
        IReadOnlyList<string> installables = request.Source is VolumeSource.Flake flake ? [flake.Reference] : [];
        var built = await client.BuildAsync(installables, new NixBuildOptions { OutLink = root }, cancellationToken).ConfigureAwait(false);
        var outputs = built[0].Outputs;

        // A volume has one result; further outputs are there as far as that needs them.
        return new Realised(outputs.TryGetValue("out", out var output) ? output : outputs.Values.First(), RealisedFrom.Nix);
    }

    private IEnumerable<string> SubstitutersFor(VolumeRequest request)
    {
        var own = options.Substituters ?? (_configuration.Value is { Substitute: true } configuration ? configuration.Substituters : []);
        return own.Concat(request.Substituters);
    }

    private StoreOptions OptionsFor(VolumeRequest request) => new()
    {
        TrustedKeys = KeysFor(request),
        Caches = new() { Timeout = options.CacheTimeout, MaxAttempts = CacheAttempts },
    };

    private Dictionary<string, string> SettingsFor(VolumeRequest request)
    {
        var settings = new Dictionary<string, string>(options.NixSettings)
        {
            ["stalled-download-timeout"] = $"{Math.Max(1, (long)options.CacheTimeout.TotalSeconds)}",
            ["connect-timeout"] = $"{Math.Max(1, (long)options.CacheTimeout.TotalSeconds)}",
        };
        AddList("substituters", options.Substituters, request.Substituters);
        AddList("trusted-public-keys", options.TrustedKeys, request.TrustedKeys);
        if (options.Builders is { } builders)
        {
            settings["builders"] = builders.ReplaceLineEndings(";");
        }

        if (options.MaxJobs is { } jobs)
        {
            settings["max-jobs"] = $"{jobs}";
        }

        return settings;

        void AddList(string name, IReadOnlyList<string>? own, IReadOnlyList<string> extra)
        {
            if (own is not null)
            {
                settings[name] = string.Join(' ', own.Concat(extra));
            }
            else if (extra.Count > 0)
            {
                settings["extra-" + name] = string.Join(' ', extra);
            }
        }
    }

    private static NixStoreException Unavailable(StorePath path, List<SubstitutionFailure> failures, IReadOnlyList<INixStore> asked)
    {
        var told = string.Concat(failures.Take(5).Select(static failure => $"\n  {failure}"));
        var unreachable = failures.Find(static failure => failure.Error is NixException { Code: NixErrorCodes.CacheUnreachable } or TimeoutException);
        if (unreachable is not null)
        {
            return new NixStoreException(
                NixErrorCodes.CacheUnreachable,
                $"{path} was not fetched, because {unreachable.Substituter} does not answer. It is tried again with the next call; see that the cache is up.{told}",
                unreachable.Error);
        }

        var refused = failures.Find(static failure => failure.Error is NixException { Code: NixErrorCodes.PathNotTrusted });
        var caches = asked.Count == 0 ? "there are no substituters" : $"{string.Join(", ", asked.Select(static store => store.Uri))} did not give it";
        return refused is not null
            ? new NixStoreException(NixErrorCodes.PathNotTrusted, $"{path} was not fetched, because nobody who is trusted here has signed it.{told}", refused.Error)
            : new NixStoreException(
                NixErrorCodes.CannotSubstitute,
                $"{path} is not in the store, and cannot be fetched: {caches}. Push it to a cache that the driver knows, or name one in the attribute substituters.{told}");
    }
}
