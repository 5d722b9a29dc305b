using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.Closures;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.Registries.Skopeo;
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
        return StoreRunner.Run(context, settings, async store =>
        {
            var named = ImageLocation.Parse(output);
            var location = new ImageLocation(named.Transport, StoreRunner.FullPath(context, named.Path)!, named.Reference);
            using var image = await MakeAsync(store, paths, settings).ConfigureAwait(false);
            var result = await image.WriteAsync(location).ConfigureAwait(false);
            context.Log.Information("{0} -> {1} ({2})", string.Join(' ', paths), location, result.ManifestDigest ?? result.ConfigDigest);
            return result;
        });
    }

    /// <summary>Makes an image and pushes it.</summary>
    /// <example>
    /// <code>
    /// NixPush([app], "quay.io/acme/hello:1.0", new NixImageSettings { Options = new ImageOptions { Entrypoint = [$"{app}/hello"] } });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Images")]
    [CakeNamespaceImport("NixSharp.Images")]
    [CakeNamespaceImport("NixSharp.Images.Oci")]
    public static OciDigest NixPush(this ICakeContext context, IReadOnlyList<StorePath> paths, string reference, NixImageSettings settings) =>
        NixPush(context, paths, reference, settings, new NixPushSettings());

    /// <summary>Makes an image and pushes it; returns the digest that names it in the registry.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("Images")]
    [CakeNamespaceImport("NixSharp.Images")]
    [CakeNamespaceImport("NixSharp.Images.Oci")]
    [CakeNamespaceImport("NixSharp.Registries")]
    public static OciDigest NixPush(this ICakeContext context, IReadOnlyList<StorePath> paths, string reference, NixImageSettings settings, NixPushSettings push)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(push);
        return StoreRunner.Run(context, settings, async store =>
        {
            var target = ImageReference.Parse(reference);
            using var image = await MakeAsync(store, paths, settings).ConfigureAwait(false);
            var digest = push.Engine == NixPushEngine.Skopeo
                ? await Skopeo(context, push).PushAsync(image, target).ConfigureAwait(false)
                : (await image.PushAsync(target, new PushOptions { PlainHttp = push.PlainHttp, Credentials = Credentials(context, push) }).ConfigureAwait(false)).Digest;
            context.Log.Information("{0} -> {1}@{2}", string.Join(' ', paths), target, digest);
            return digest;
        });
    }

    /// <summary>Copies an image with skopeo, between all transports that it knows.</summary>
    /// <example><code>SkopeoCopy("oci:./image:1.0", "docker://quay.io/acme/hello:1.0");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Images")]
    [CakeNamespaceImport("NixSharp.Images.Oci")]
    public static OciDigest SkopeoCopy(this ICakeContext context, string source, string destination) =>
        SkopeoCopy(context, source, destination, new NixPushSettings());

    /// <summary>Copies an image with skopeo, with credentials of its own.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("Images")]
    [CakeNamespaceImport("NixSharp.Images.Oci")]
    public static OciDigest SkopeoCopy(this ICakeContext context, string source, string destination, NixPushSettings settings)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return StoreRunner.Run(() => Skopeo(context, settings).CopyAsync(source, destination));
    }

    private static async Task<ContainerImage> MakeAsync(INixStore store, IReadOnlyList<StorePath> paths, NixImageSettings settings) =>
        ContainerImage.FromClosure(await store.GetClosureAsync(paths).ConfigureAwait(false), settings.Options);

    private static SkopeoClient Skopeo(ICakeContext context, NixPushSettings settings) => new(new SkopeoOptions
    {
        PlainHttp = settings.PlainHttp,
        Credentials = Credentials(context, settings),
        Log = new CakeLog(context.Log),
    });

    internal static CredentialStore Credentials(ICakeContext context, NixPushSettings settings) => settings switch
    {
        { Credentials: { } credentials } => CredentialStore.From(credentials),
        { AuthFile: { } file } => CredentialStore.FromFile(StoreRunner.FullPath(context, file)!),
        _ => CredentialStore.Default,
    };
}
