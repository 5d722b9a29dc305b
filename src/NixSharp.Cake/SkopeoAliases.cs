using Cake.Core;
using Cake.Core.Annotations;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.Registries.Skopeo;

namespace NixSharp.Cake;

/// <summary>Runs the <c>skopeo</c> of this machine. Passwords reach it in files and on standard input, never as arguments.</summary>
[CakeAliasCategory("Nix")]
public static class SkopeoAliases
{
    /// <summary>Copies an image between all transports that skopeo knows, and returns the digest of the manifest that arrived.</summary>
    /// <example><code>SkopeoCopy("oci:./image:1.0", "docker://quay.io/acme/hello:1.0");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    [CakeNamespaceImport("NixSharp.Images.Oci")]
    public static OciDigest SkopeoCopy(this ICakeContext context, string source, string destination) =>
        SkopeoCopy(context, source, destination, new SkopeoOptions(), new SkopeoCopyOptions());

    /// <summary>Copies an image.</summary>
    /// <example>
    /// <code>
    /// SkopeoCopy("docker://a.example.org/x:1", "docker://b.example.org/x:1", new SkopeoOptions(), new SkopeoCopyOptions { Images = SkopeoImageSelection.All });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    [CakeNamespaceImport("NixSharp.Images.Oci")]
    [CakeNamespaceImport("NixSharp.Registries")]
    [CakeNamespaceImport("NixSharp.Registries.Skopeo")]
    public static OciDigest SkopeoCopy(this ICakeContext context, string source, string destination, SkopeoOptions options, SkopeoCopyOptions copy) =>
        Run(context, options, skopeo => skopeo.CopyAsync(source, destination, copy));

    /// <summary>What an image is: its digest, platform, labels, environment and layers.</summary>
    /// <example><code>Information(SkopeoInspect("docker://quay.io/acme/hello:1.0").Digest);</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    [CakeNamespaceImport("NixSharp.Registries.Skopeo")]
    public static SkopeoImage SkopeoInspect(this ICakeContext context, string image) =>
        SkopeoInspect(context, image, new SkopeoOptions());

    /// <summary>What an image is, in a registry that wants to be spoken to in its own way.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    [CakeNamespaceImport("NixSharp.Registries.Skopeo")]
    public static SkopeoImage SkopeoInspect(this ICakeContext context, string image, SkopeoOptions options) =>
        Run(context, options, skopeo => skopeo.InspectAsync(image));

    /// <summary>The tags of a repository, or the names in a docker archive.</summary>
    /// <example><code>var tags = SkopeoListTags("docker://quay.io/acme/hello");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    public static IReadOnlyList<string> SkopeoListTags(this ICakeContext context, string repository) =>
        SkopeoListTags(context, repository, new SkopeoOptions());

    /// <summary>The tags of a repository, in a registry that wants to be spoken to in its own way.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    [CakeNamespaceImport("NixSharp.Registries.Skopeo")]
    public static IReadOnlyList<string> SkopeoListTags(this ICakeContext context, string repository, SkopeoOptions options) =>
        Run(context, options, skopeo => skopeo.ListTagsAsync(repository));

    /// <summary>Deletes the manifest that a tag or digest names, and so every tag of that manifest.</summary>
    /// <example><code>SkopeoDelete("docker://quay.io/acme/hello:old");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    public static void SkopeoDelete(this ICakeContext context, string image) =>
        SkopeoDelete(context, image, new SkopeoOptions());

    /// <summary>Deletes a manifest from a registry that wants to be spoken to in its own way.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    [CakeNamespaceImport("NixSharp.Registries.Skopeo")]
    public static void SkopeoDelete(this ICakeContext context, string image, SkopeoOptions options) =>
        Run(context, options, skopeo => skopeo.DeleteAsync(image));

    /// <summary>Copies all images of a source to a destination that the latter lacks, and returns their number.</summary>
    /// <example><code>SkopeoSync(SkopeoSyncTransport.Docker, "quay.io/acme/hello", SkopeoSyncTransport.Dir, "./mirror");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    [CakeNamespaceImport("NixSharp.Registries.Skopeo")]
    public static int SkopeoSync(this ICakeContext context, SkopeoSyncTransport from, string source, SkopeoSyncTransport to, string destination) =>
        SkopeoSync(context, from, source, to, destination, new SkopeoOptions(), new SkopeoSyncOptions());

    /// <summary>Copies all images of a source to a destination that the latter lacks.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    [CakeNamespaceImport("NixSharp.Registries.Skopeo")]
    public static int SkopeoSync(
        this ICakeContext context,
        SkopeoSyncTransport from,
        string source,
        SkopeoSyncTransport to,
        string destination,
        SkopeoOptions options,
        SkopeoSyncOptions sync) =>
        Run(context, options, skopeo => skopeo.SyncAsync(from, source, to, destination, sync));

    /// <summary>Checks credentials with a registry, and keeps them in skopeo's file.</summary>
    /// <example><code>SkopeoLogin("quay.io", new RegistryCredentials(EnvironmentVariable("PUSH_USER"), EnvironmentVariable("PUSH_PASSWORD")));</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    [CakeNamespaceImport("NixSharp.Registries")]
    public static void SkopeoLogin(this ICakeContext context, string registry, RegistryCredentials credentials) =>
        SkopeoLogin(context, registry, credentials, new SkopeoOptions(), new SkopeoLoginOptions());

    /// <summary>Checks credentials with a registry, and keeps them in a file.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    [CakeNamespaceImport("NixSharp.Registries")]
    [CakeNamespaceImport("NixSharp.Registries.Skopeo")]
    public static void SkopeoLogin(this ICakeContext context, string registry, RegistryCredentials credentials, SkopeoOptions options, SkopeoLoginOptions login) =>
        Run(context, options, skopeo => skopeo.LoginAsync(registry, credentials, Locate(context, login)));

    /// <summary>Forgets the credentials for a registry; false where there were none.</summary>
    /// <example><code>SkopeoLogout("quay.io");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    public static bool SkopeoLogout(this ICakeContext context, string registry) =>
        SkopeoLogout(context, registry, new SkopeoOptions(), new SkopeoLoginOptions());

    /// <summary>Forgets the credentials for a registry that are in a file.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    [CakeNamespaceImport("NixSharp.Registries.Skopeo")]
    public static bool SkopeoLogout(this ICakeContext context, string registry, SkopeoOptions options, SkopeoLoginOptions login) =>
        Run(context, options, skopeo => skopeo.LogoutAsync(registry, Locate(context, login)));

    /// <summary>The version of skopeo.</summary>
    /// <example><code>Information(SkopeoVersion());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("skopeo")]
    public static Version SkopeoVersion(this ICakeContext context) => Run(context, new SkopeoOptions(), static skopeo => skopeo.GetVersionAsync());

    private static SkopeoLoginOptions Locate(ICakeContext context, SkopeoLoginOptions login) => login with
    {
        AuthFile = StoreRunner.FullPath(context, login.AuthFile),
        DockerAuthFile = StoreRunner.FullPath(context, login.DockerAuthFile),
        CertificateFolder = StoreRunner.FullPath(context, login.CertificateFolder),
    };

    private static void Run(ICakeContext context, SkopeoOptions options, Func<SkopeoClient, Task> work) => Run(context, options, async skopeo =>
    {
        await work(skopeo).ConfigureAwait(false);
        return true;
    });

    private static T Run<T>(ICakeContext context, SkopeoOptions options, Func<SkopeoClient, Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        return StoreRunner.Run(() => work(new SkopeoClient(options.Log is null ? options with { Log = new CakeLog(context.Log) } : options)));
    }
}
