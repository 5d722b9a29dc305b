using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.GitOps.NuGet;

namespace NixSharp.Cake;

/// <summary>Keeps the list of NuGet packages that nixpkgs' <c>buildDotnetModule</c> takes.</summary>
[CakeAliasCategory("Nix")]
public static class NixLockAliases
{
    /// <summary>Writes <c>deps.json</c> for a restored solution, project or packages folder.</summary>
    /// <example><code>NixLockDeps("./App.sln");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    [CakeNamespaceImport("NixSharp.GitOps.NuGet")]
    public static NuGetLock NixLockDeps(this ICakeContext context, string source) =>
        NixLockDeps(context, source, new NixLockDepsSettings());

    /// <summary>Writes <c>deps.json</c> for a restored solution, project or packages folder.</summary>
    /// <example><code>NixLockDeps("./App.sln", new NixLockDepsSettings { File = "nix/deps.json" });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    [CakeNamespaceImport("NixSharp.GitOps.NuGet")]
    public static NuGetLock NixLockDeps(this ICakeContext context, string source, NixLockDepsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return StoreRunner.Run(async () =>
        {
            var made = await NuGetLock.CreateAsync(StoreRunner.FullPath(context, source)!, Options(settings)).ConfigureAwait(false);
            var written = await made.WriteAsync(StoreRunner.FullPath(context, settings.File)!).ConfigureAwait(false);
            context.Log.Information("{0}: {1} packages{2}", settings.File, made.Entries.Count, written ? "" : ", unchanged");
            return made;
        });
    }

    /// <summary>Fails where <c>deps.json</c> does not list what a restore needs.</summary>
    /// <example><code>NixCheckDeps("./App.sln");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    public static void NixCheckDeps(this ICakeContext context, string source) =>
        NixCheckDeps(context, source, new NixLockDepsSettings());

    /// <summary>Fails where <c>deps.json</c> does not list what a restore needs.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    public static void NixCheckDeps(this ICakeContext context, string source, NixLockDepsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        StoreRunner.Run(async () =>
        {
            var difference = await NuGetLock.CompareAsync(StoreRunner.FullPath(context, source)!, StoreRunner.FullPath(context, settings.File)!, Options(settings)).ConfigureAwait(false);
            difference.ThrowIfAny(settings.File, $"NixLockDeps(\"{source}\") in the Cake script, or: nixsharp nuget lock {source} --file {settings.File}");
            return true;
        });
    }

    private static NuGetLockOptions Options(NixLockDepsSettings settings) => new()
    {
        Exclude = settings.Exclude,
        Mirrors = settings.Mirrors,
        SourceAddresses = settings.SourceAddresses,
        IncludeTools = settings.IncludeTools,
    };
}
