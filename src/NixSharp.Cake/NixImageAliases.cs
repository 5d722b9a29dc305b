using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.Closures;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.Registries.Delivery;
using NixSharp.Registries.Engines;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Cake;

/// <summary>Makes container images of store paths and all that they need, writes them and pushes them.</summary>
[CakeAliasCategory("Nix")]
public static class NixImageAliases
{
    /// <summary>Makes an image and writes it to <c>oci:FOLDER</c>, <c>oci-archive:FILE</c> or <c>docker-archive:FILE</c>.</summary>
    /// <example>
    /// <code>
    /// NixImageBuild([app], "oci:./image:1.0", new NixImageSettings { Options = new ImageOptions { Entrypoint = [$"{app}/hello"] } });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Images")]
    [CakeNamespaceImport("NixSharp.Images")]
    public static WriteResult NixImageBuild(this ICakeContext context, IReadOnlyList<StorePath> paths, string output, NixImageSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var location = Locate(context, ImageLocation.Parse(output));
        return StoreRunner.Run(context, settings, store => UseAsync(context, store, paths, settings, null, new PushOptions(), async images =>
        {
            var result = images is [var image]
                ? await image.WriteAsync(location).ConfigureAwait(false)
                : throw new NixConfigurationException(
                    NixErrorCodes.InvalidSetting,
                    $"NixImageBuild writes an image for one platform, and the settings name {images.Count}. Name one, or push them with NixPush.");
            context.Log.Information("{0} -> {1} ({2})", string.Join(' ', paths), location, result.ManifestDigest ?? result.ConfigDigest);
            return result;
        }));
    }

    /// <summary>Makes an image and pushes it.</summary>
    /// <example>
    /// <code>
    /// NixPush([app], "quay.io/acme/hello:sha-{commit}", new NixImageSettings { Options = new ImageOptions { Entrypoint = [$"{app}/hello"] } });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Images")]
    [CakeNamespaceImport("NixSharp.Images")]
    [CakeNamespaceImport("NixSharp.Images.Oci")]
    public static OciDigest NixPush(this ICakeContext context, IReadOnlyList<StorePath> paths, string reference, NixImageSettings settings) =>
        NixPush(context, paths, reference, settings, new NixPushSettings());

    /// <summary>
    /// Makes an image and pushes it, or loads it into Docker or Podman; returns the digest that names it there. A single
    /// store path that is an image archive itself, as dockerTools makes, is pushed as it is. In the reference,
    /// <c>{commit}</c> stands for the abbreviated commit that is checked out.
    /// </summary>
    [CakeMethodAlias]
    [CakeAliasCategory("Images")]
    [CakeNamespaceImport("NixSharp.Images")]
    [CakeNamespaceImport("NixSharp.Images.Oci")]
    [CakeNamespaceImport("NixSharp.Registries")]
    [CakeNamespaceImport("NixSharp.Registries.Delivery")]
    public static OciDigest NixPush(this ICakeContext context, IReadOnlyList<StorePath> paths, string reference, NixImageSettings settings, NixPushSettings push)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(push);
        return StoreRunner.Run(context, settings, async store =>
        {
            var target = ImageReference.Parse(await TagTemplate.ExpandAsync(reference, context.Environment.WorkingDirectory.FullPath).ConfigureAwait(false));
            var options = new DeliveryOptions
            {
                Engine = push.Engine,
                Push = PushOptionsOf(context, push),
                Address = push.Address is { } address ? EngineAddress.Parse(address) : null,
                Log = new CakeLog(context.Log),
            };
            return await UseAsync(context, store, paths, settings, target.Registry, options.Push, async images =>
            {
                var delivered = (await DeliverAsync(images, target, options).ConfigureAwait(false))[0];
                context.Log.Information("{0} -> {1}@{2}", string.Join(' ', paths), delivered.Reference, delivered.Digest);
                return delivered.Digest;
            }).ConfigureAwait(false);
        });
    }

    private static async Task<IReadOnlyList<DeliveredImage>> DeliverAsync(IReadOnlyList<ContainerImage> images, ImageReference target, DeliveryOptions options)
    {
        if (images is [var image])
        {
            return await image.DeliverAsync([target], options).ConfigureAwait(false);
        }

        using var index = new ImageIndex(images);
        return await index.DeliverAsync([target], options).ConfigureAwait(false);
    }

    private static async Task<T> UseAsync<T>(
        ICakeContext context,
        INixStore store,
        IReadOnlyList<StorePath> paths,
        NixImageSettings settings,
        string? registry,
        PushOptions push,
        Func<IReadOnlyList<ContainerImage>, Task<T>> use)
    {
        using var existing = paths.Count == 1 && settings.Base is null && store is IFileSystemStore files
            ? await StoreImage.TryOpenAsync(files, paths[0]).ConfigureAwait(false)
            : null;
        if (existing is not null)
        {
            return await use([existing]).ConfigureAwait(false);
        }

        var images = await PlatformImages.MakeAsync(
            await store.GetClosureAsync(paths).ConfigureAwait(false),
            settings.Options,
            [.. settings.Platforms.Select(OciPlatform.Parse)],
            settings.Base is { } source ? Locate(context, source) : null,
            registry,
            push).ConfigureAwait(false);
        try
        {
            return await use(images).ConfigureAwait(false);
        }
        finally
        {
            foreach (var image in images)
            {
                image.Dispose();
            }
        }
    }

    private static string Locate(ICakeContext context, string source) =>
        ImageLocation.TryParse(source, out var location) ? Locate(context, location).ToString() : source;

    private static ImageLocation Locate(ICakeContext context, ImageLocation location) =>
        new(location.Transport, StoreRunner.FullPath(context, location.Path)!, location.Reference);

    internal static PushOptions PushOptionsOf(ICakeContext context, NixPushSettings settings) => new()
    {
        PlainHttp = settings.PlainHttp,
        Insecure = settings.Insecure,
        Connections = settings.Connections,
        CertificateFolder = StoreRunner.FullPath(context, settings.CertificateFolder),
        PreviousTags = settings.PreviousTags,
        PreviousLayers = settings.PreviousLayers,
        Credentials = Credentials(context, settings),
    };

    private static CredentialStore Credentials(ICakeContext context, NixPushSettings settings) => settings switch
    {
        { Credentials: { } credentials } => CredentialStore.From(credentials),
        { AuthFile: { } file } => CredentialStore.FromFile(StoreRunner.FullPath(context, file)!),
        _ => CredentialStore.Default,
    };
}
