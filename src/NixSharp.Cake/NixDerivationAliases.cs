using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Cake;

/// <summary>Builds derivations, without Nix where the store is local.</summary>
[CakeAliasCategory("Nix")]
public static class NixDerivationAliases
{
    /// <summary>Builds all outputs of a derivation that is in the store.</summary>
    /// <example><code>var hello = NixBuildDerivation(StorePath.Parse("/nix/store/...-hello.drv"))["out"];</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Derivation")]
    [CakeNamespaceImport("NixSharp.StorePaths")]
    public static IReadOnlyDictionary<string, StorePath> NixBuildDerivation(this ICakeContext context, StorePath derivation) =>
        NixBuildDerivation(context, derivation, new NixBuildDerivationSettings());

    /// <summary>Builds all outputs of a derivation that is in the store. What builders print goes to Cake's log, at verbosity verbose.</summary>
    /// <returns>The outputs' paths, by name.</returns>
    [CakeMethodAlias]
    [CakeAliasCategory("Derivation")]
    [CakeNamespaceImport("NixSharp.StorePaths")]
    [CakeNamespaceImport("NixSharp.Stores")]
    public static IReadOnlyDictionary<string, StorePath> NixBuildDerivation(this ICakeContext context, StorePath derivation, NixBuildDerivationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return StoreRunner.Run(context, settings, async store =>
        {
            var options = settings.Options with { Log = settings.Options.Log ?? (line => context.Log.Verbose("{0}", line.Text)) };
            var results = await store.Require<IBuildStore>("build").BuildAsync([DerivedPath.Of(derivation, OutputsSpec.All)], options).ConfigureAwait(false);
            results.ThrowIfFailed();
            var outputs = results[0].BuiltOutputs.ToDictionary(static output => output.Key, static output => output.Value.OutputPath);
            context.Log.Information("{0} -> {1}", derivation, string.Join(", ", outputs.Values));
            return outputs;
        });
    }
}
