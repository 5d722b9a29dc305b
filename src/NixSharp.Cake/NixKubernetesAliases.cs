using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.Building.Machines;
using NixSharp.Flakes;
using NixSharp.GitOps.ArgoCD;
using NixSharp.GitOps.Kubernetes;
using NixSharp.GitOps.Kubernetes.Csi;
using NixSharp.Stores;

namespace NixSharp.Cake;

/// <summary>Writes and checks what clusters of Kubernetes and Argo CD take.</summary>
[CakeAliasCategory("Nix")]
public static class NixKubernetesAliases
{
    /// <summary>Writes all that a cluster needs to run the CSI driver into a folder, with a <c>kustomization.yaml</c>.</summary>
    /// <example><code>NixCsiManifest(new CsiManifestOptions { Image = "registry.example.org/nixsharp:1.0" }, "./csi");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Kubernetes")]
    [CakeNamespaceImport("NixSharp.GitOps.Kubernetes")]
    [CakeNamespaceImport("NixSharp.GitOps.Kubernetes.Csi")]
    public static IReadOnlyList<ManifestFile> NixCsiManifest(this ICakeContext context, CsiManifestOptions options, string folder) =>
        StoreRunner.Run(async () =>
        {
            var files = CsiManifest.Create(options);
            await ManifestFolder.WriteAsync(StoreRunner.FullPath(context, folder)!, files).ConfigureAwait(false);
            context.Log.Information("{0}: {1}", folder, string.Join(", ", files.Select(static file => file.Name)));
            return files;
        });

    /// <summary>Fails where a manifest is none, or has an object without kind, version or name, or one twice.</summary>
    /// <example><code>NixManifestCheck("./deploy/web.yaml");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Kubernetes")]
    [CakeNamespaceImport("NixSharp.GitOps.Kubernetes")]
    public static IReadOnlyList<ManifestObject> NixManifestCheck(this ICakeContext context, string file) =>
        StoreRunner.Run(() => ManifestCheck.ReadFileAsync(StoreRunner.FullPath(context, file)!));

    /// <summary>Writes <c>machines</c>, <c>ssh_config</c> and <c>known_hosts</c>, by which Nix and SSH use other machines.</summary>
    /// <param name="context">The context.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="lines">The machines, as lines of <c>/etc/nix/machines</c>.</param>
    /// <returns>Whether a file was written: those that are right already are left alone.</returns>
    /// <example><code>NixBuildersWrite("./builders", ["ssh-ng://nix@builder-1 x86_64-linux"]);</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Kubernetes")]
    public static bool NixBuildersWrite(this ICakeContext context, string folder, IReadOnlyList<string> lines) =>
        StoreRunner.Run(() => MachineFolder.WriteAsync(StoreRunner.FullPath(context, folder)!, [.. lines.SelectMany(static line => BuildMachine.ParseAll(line))]));

    /// <summary>Builds an application in the machine's own store, as Argo CD's plugin does, and returns its manifest once it is checked.</summary>
    /// <param name="context">The context.</param>
    /// <param name="application">The application; its folder gets <c>result</c>, and <c>values.json</c> where it has values.</param>
    /// <param name="settings">How Nix is run.</param>
    /// <example><code>var manifest = NixArgoCDManifest(new ArgoApplication { Folder = "./deploy", Values = "{\"replicas\": 3}" }, new NixFlakeSettings());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Argo CD")]
    [CakeNamespaceImport("NixSharp.GitOps.ArgoCD")]
    public static string NixArgoCDManifest(this ICakeContext context, ArgoApplication application, NixFlakeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentNullException.ThrowIfNull(settings);
        return StoreRunner.Run(async () =>
        {
            var nix = new NixOptions
            {
                Program = settings.Program,
                Impure = settings.Impure,
                ShowTrace = settings.ShowTrace,
                OverrideInputs = settings.OverrideInputs,
                Config = settings.Config,
                ExtraArguments = settings.Arguments,
            };
            var plugin = new ArgoPlugin(new ArgoPluginOptions { Nix = nix, Timeout = Timeout.InfiniteTimeSpan, Log = new CakeLog(context.Log) });
            application = application with { Folder = StoreRunner.FullPath(context, application.Folder)! };
            await plugin.InitAsync(application).ConfigureAwait(false);
            return await plugin.GenerateAsync(application).ConfigureAwait(false);
        });
    }

    /// <summary>Writes what adds the plugin to Argo CD: <c>configmap.yaml</c> and <c>values.yaml</c> for its Helm chart.</summary>
    /// <example><code>NixArgoCDInstall(new ArgoInstallOptions { Image = "registry.example.org/nixsharp-argocd:1.0" }, "./argo");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Argo CD")]
    [CakeNamespaceImport("NixSharp.GitOps.ArgoCD")]
    public static ArgoInstallation NixArgoCDInstall(this ICakeContext context, ArgoInstallOptions options, string folder) =>
        StoreRunner.Run(async () =>
        {
            var installation = ArgoInstallation.Create(options);
            await installation.WriteAsync(StoreRunner.FullPath(context, folder)!).ConfigureAwait(false);
            return installation;
        });
}
