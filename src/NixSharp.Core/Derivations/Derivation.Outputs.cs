using NixSharp.StorePaths;

namespace NixSharp.Derivations;

public sealed partial record Derivation
{
    /// <summary>How the paths of the outputs are found.</summary>
    /// <exception cref="NixFormatException">There are no outputs, or ones that do not go together.</exception>
    public DerivationKind Kind
    {
        get
        {
            if (Outputs.Count == 0)
            {
                throw Inconsistent("it has no outputs");
            }

            var kind = KindOf(Outputs.Values.First());
            foreach (var output in Outputs.Values)
            {
                if (KindOf(output) != kind)
                {
                    throw Inconsistent("its outputs are of several kinds");
                }
            }

            return kind switch
            {
                DerivationKind.Fixed when Outputs.Count > 1 || !Outputs.ContainsKey("out") => throw Inconsistent("a fixed output must be the only one, and be called 'out'"),
                DerivationKind.Floating when Outputs.Values.Cast<DerivationOutput.Floating>().Select(static output => output.Algorithm).Distinct().Count() > 1 => throw Inconsistent("its outputs are hashed by several algorithms"),
                _ => kind,
            };
        }
    }

    /// <summary>The path of an output; null where it is not known before the derivation is built.</summary>
    /// <exception cref="NixFormatException">There is no such output.</exception>
    public StorePath? GetOutputPath(string output) => Outputs.TryGetValue(output, out var value)
        ? value switch
        {
            DerivationOutput.InputAddressed known => known.Path,
            DerivationOutput.Fixed { Address: var address } => PathOf(Name, output, address, StoreDirectory),
            _ => null,
        }
        : throw Inconsistent($"it has no output '{output}'");

    /// <summary>The paths that are known before anything is built, by output.</summary>
    public IReadOnlyDictionary<string, StorePath> GetOutputPaths()
    {
        var paths = new Dictionary<string, StorePath>();
        foreach (var output in Outputs.Keys)
        {
            if (GetOutputPath(output) is { } path)
            {
                paths[output] = path;
            }
        }

        return paths;
    }

    internal static StorePath PathOf(string derivation, string output, ContentAddress address, StoreDirectory directory) =>
        StorePath.FromContentAddress(OutputPathName(derivation, output), address, directory: directory);

    /// <summary>The name that an output's store path has.</summary>
    internal static string OutputPathName(string derivation, string output) => output == "out" ? derivation : $"{derivation}-{output}";

    internal static void CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        StorePath.CheckName($"{name}.drv");
    }

    internal static void CheckOutputName(string output)
    {
        if (!OutputsSpec.IsName(output))
        {
            throw new NixFormatException(
                NixErrorCodes.InvalidDerivation,
                $"'{output}' cannot be the name of an output: it must be of the characters 0-9 a-z A-Z + - . _ ? =. Choose a name such as out or dev.");
        }
    }

    internal NixFormatException Inconsistent(string why) =>
        new(NixErrorCodes.InconsistentDerivation, $"The derivation '{Name}' cannot be used: {why}. Correct its outputs.");

    private static DerivationKind KindOf(DerivationOutput output) => output switch
    {
        DerivationOutput.InputAddressed => DerivationKind.InputAddressed,
        DerivationOutput.Fixed => DerivationKind.Fixed,
        DerivationOutput.Floating => DerivationKind.Floating,
        DerivationOutput.Impure => DerivationKind.Impure,
        _ => DerivationKind.Deferred,
    };
}
