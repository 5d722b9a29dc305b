using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>Computes and checks the paths of a derivation's outputs.</summary>
public static class DerivationOutputs
{
    /// <summary>
    /// Gives every output the path that follows from the derivation, and writes it into the variable that is named
    /// after the output. Outputs whose path depends on what is built first stay without one.
    /// <para>The variables should be there already, with any value: which variables there are is part of what the paths
    /// follow from, so that a path changes when its variable is added afterwards.</para>
    /// </summary>
    /// <param name="derivation">The derivation; paths that its outputs have already are computed anew.</param>
    /// <param name="hashes">Knows the derivations that it needs.</param>
    /// <exception cref="NixFormatException">A derivation that it needs is missing, or the outputs do not go together.</exception>
    public static Derivation Fill(Derivation derivation, DerivationHashes hashes)
    {
        var paths = Expected(derivation, hashes);
        var environment = new Dictionary<string, string>(derivation.Environment);
        var outputs = new Dictionary<string, DerivationOutput>();
        foreach (var (name, output) in InByteOrder.Sorted(derivation.Outputs))
        {
            var known = paths.TryGetValue(name, out var path);
            if (known)
            {
                environment[name] = path.ToString();
            }

            outputs[name] = output is DerivationOutput.Fixed or DerivationOutput.Floating or DerivationOutput.Impure ? output
                : known ? new DerivationOutput.InputAddressed(path)
                : new DerivationOutput.Deferred();
        }

        return derivation with { Outputs = outputs, Environment = environment };
    }

    /// <summary>Refuses a derivation whose output paths, or the variables that hold them, are not those that follow from it.</summary>
    /// <exception cref="NixFormatException">
    /// <see cref="NixErrorCodes.DerivationOutputMismatch"/>: names the derivation, the output, what is expected and what is there.
    /// </exception>
    public static void Check(Derivation derivation, DerivationHashes hashes)
    {
        var expected = Expected(derivation, hashes);
        foreach (var (name, output) in derivation.Outputs)
        {
            if (output is DerivationOutput.InputAddressed { Path: var found } && !(expected.TryGetValue(name, out var path) && path == found))
            {
                throw Mismatch(derivation, $"the output '{name}'", expected.TryGetValue(name, out path) ? path.ToString() : "no path before its inputs are built", found.ToString());
            }

            if (derivation.GetOutputPath(name)?.ToString() is { } text && derivation.Environment.GetValueOrDefault(name) != text)
            {
                throw Mismatch(derivation, $"the variable '{name}'", text, derivation.Environment.GetValueOrDefault(name, ""));
            }
        }
    }

    /// <summary>The output paths that follow from the derivation; those that cannot be known yet are left out.</summary>
    private static Dictionary<string, StorePath> Expected(Derivation derivation, DerivationHashes hashes)
    {
        ArgumentNullException.ThrowIfNull(derivation);
        ArgumentNullException.ThrowIfNull(hashes);
        var kind = derivation.Outputs.Values.All(static output => output is DerivationOutput.InputAddressed or DerivationOutput.Deferred) && derivation.Outputs.Count > 0
            ? DerivationKind.InputAddressed
            : derivation.Kind;
        if (kind != DerivationKind.InputAddressed)
        {
            return new Dictionary<string, StorePath>(derivation.GetOutputPaths());
        }

        var hash = hashes.OfOutputs(derivation);
        return hash.IsDeferred
            ? []
            : derivation.Outputs.Keys.ToDictionary(
                static name => name,
                name => StorePath.FromDerivationOutput(derivation.Name, name, hash.Value, derivation.StoreDirectory));
    }

    private static NixFormatException Mismatch(Derivation derivation, string where, string expected, string found) => new(
        NixErrorCodes.DerivationOutputMismatch,
        $"The derivation '{derivation.Name}' is wrong: {where} should have {expected}, and has '{found}'. Leave the output's path empty to have it computed.");
}
