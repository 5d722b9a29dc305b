using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>What this machine can build.</summary>
internal sealed class BuildPlatform(BuildOptions options)
{
    private const string BuiltinPrefix = "builtin:";

    private static IEnumerable<string> OwnSystems => NixSystem.Current == "x86_64-linux" ? [NixSystem.Current, "i686-linux"] : [NixSystem.Current];

    /// <summary>Whether a derivation is built by this library itself, without a program.</summary>
    public static bool IsBuiltin(Derivation derivation) => derivation.Builder.StartsWith(BuiltinPrefix, StringComparison.Ordinal);

    /// <summary>Refuses what cannot be built here.</summary>
    /// <exception cref="BuildFailure">The derivation is for another system, or requires what this machine does not offer.</exception>
    public void Check(Derivation derivation, DerivationOptions attributes)
    {
        var systems = OwnSystems.Concat(options.ExtraPlatforms).ToList();
        if (!IsBuiltin(derivation) && !systems.Contains(derivation.System))
        {
            throw BuildFailure.Rejected(
                $"it is for '{derivation.System}', and this machine builds for {string.Join(", ", systems)}. Build it on such a machine, or name the system among the extra platforms if this one emulates it.");
        }

        var features = options.SystemFeatures ?? DefaultFeatures();
        if (attributes.RequiredSystemFeatures.FirstOrDefault(feature => !features.Contains(feature)) is { } missing)
        {
            throw BuildFailure.Rejected(
                $"it requires the system feature '{missing}', and this machine offers {string.Join(", ", features.Order(StringComparer.Ordinal))}. Build it on another machine, or name the feature if this one has it.");
        }

        if (attributes.NoChroot)
        {
            throw BuildFailure.Rejected("it asks to be built outside the sandbox (__noChroot), which is never done here. Build it with Nix.");
        }
    }

    private static HashSet<string> DefaultFeatures()
    {
        var features = new HashSet<string>(StringComparer.Ordinal) { "nixos-test", "benchmark", "big-parallel", "ca-derivations" };
        if (FileTree.CanReadAndWrite("/dev/kvm"))
        {
            features.Add("kvm");
        }

        return features;
    }
}
