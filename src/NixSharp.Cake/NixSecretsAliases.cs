using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.GitOps.Secrets;

namespace NixSharp.Cake;

/// <summary>Looks after secrets that sops encrypts.</summary>
[CakeAliasCategory("Nix")]
public static class NixSecretsAliases
{
    /// <summary>Fails where a file that the rules of <c>.sops.yaml</c> name is not encrypted.</summary>
    /// <param name="context">The context.</param>
    /// <param name="folder">A folder of the repository; the next <c>.sops.yaml</c> upwards counts.</param>
    /// <example><code>NixSecretsCheck(".");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    public static void NixSecretsCheck(this ICakeContext context, string folder) =>
        StoreRunner.Run(async () =>
        {
            var files = await SecretFiles.OpenAsync(StoreRunner.FullPath(context, folder)!).ConfigureAwait(false);
            SecretFiles.ThrowIfAny(await files.CheckAsync().ConfigureAwait(false));
            return true;
        });

    /// <summary>Gives every file that the rules of <c>.sops.yaml</c> name the keys that they name, by running <c>sops updatekeys</c>.</summary>
    /// <returns>The files, relative to the folder of <c>.sops.yaml</c>.</returns>
    /// <example><code>NixSecretsUpdateKeys(".");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    public static IReadOnlyList<string> NixSecretsUpdateKeys(this ICakeContext context, string folder) =>
        StoreRunner.Run(async () =>
        {
            var files = await SecretFiles.OpenAsync(StoreRunner.FullPath(context, folder)!).ConfigureAwait(false);
            var updated = await new SopsUpdater().UpdateAsync(files, new CakeLog(context.Log)).ConfigureAwait(false);
            context.Log.Information("sops went through {0} files", updated.Count);
            return updated;
        });
}
