using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.Flakes.Expressions;

namespace NixSharp.Cake;

/// <summary>Writes flakes from C#.</summary>
[CakeAliasCategory("Nix")]
public static class NixFlakeFileAliases
{
    /// <summary>Writes a <c>flake.nix</c>.</summary>
    /// <example><code>NixFlakeWrite("flake.nix", new FlakeFile { Outputs = new NixSet(new NixAttribute("version", "1.0")) });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    [CakeNamespaceImport("NixSharp.Flakes.Expressions")]
    public static void NixFlakeWrite(this ICakeContext context, string file, FlakeFile flake)
    {
        ArgumentNullException.ThrowIfNull(flake);
        StoreRunner.Run(async () =>
        {
            await flake.WriteAsync(StoreRunner.FullPath(context, file)!).ConfigureAwait(false);
            return true;
        });
        context.Log.Information("{0} is written", file);
    }
}
