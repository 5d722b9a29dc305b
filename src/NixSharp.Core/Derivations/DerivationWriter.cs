using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>Writes a derivation's ATerm, as it is or as it is hashed.</summary>
internal readonly struct DerivationWriter(AtermWriter writer, Derivation derivation)
{
    /// <param name="mask">Whether output paths, and variables named after outputs, are left empty.</param>
    /// <param name="hashes">What stands in the place of the input derivations, sorted: hashes and the outputs of each.</param>
    public void Write(bool mask = false, IReadOnlyList<(NixHash Hash, IReadOnlyList<string> Outputs)>? hashes = null)
    {
        var isDynamic = derivation.InputDerivations.Values.Any(static input => input.DynamicOutputs.Count > 0);
        writer.Raw(isDynamic ? "DrvWithVersion(\"xp-dyn-drv\",["u8 : "Derive(["u8);
        WriteOutputs(mask);
        writer.Raw("],["u8);
        if (hashes is null)
        {
            WriteInputs();
        }
        else
        {
            WriteHashes(hashes);
        }

        writer.Raw("],["u8);
        var separator = ReadOnlySpan<byte>.Empty;
        foreach (var source in InByteOrder.Sorted(derivation.InputSources))
        {
            writer.Raw(separator);
            Path(source);
            separator = ","u8;
        }

        writer.Raw("],"u8);
        writer.String(derivation.System);
        writer.Raw(","u8);
        writer.String(derivation.Builder);
        writer.Raw(","u8);
        writer.Strings(derivation.Arguments);
        writer.Raw(",["u8);
        WriteEnvironment(mask);
        writer.Raw("])"u8);
    }

    private void WriteOutputs(bool mask)
    {
        var separator = "("u8;
        foreach (var (name, output) in InByteOrder.Sorted(derivation.Outputs))
        {
            var (path, algorithm, hash) = mask && output is DerivationOutput.InputAddressed
                ? ("", "", "")
                : OutputFields.Of(derivation.Name, name, output, derivation.StoreDirectory);
            writer.Raw(separator);
            writer.String(name);
            writer.Raw(","u8);
            writer.Plain(mask ? "" : path);
            writer.Raw(","u8);
            writer.Plain(algorithm);
            writer.Raw(","u8);
            writer.Plain(hash);
            writer.Raw(")"u8);
            separator = ",("u8;
        }
    }

    private void WriteInputs()
    {
        var separator = "("u8;
        foreach (var (path, input) in InByteOrder.Sorted(derivation.InputDerivations))
        {
            writer.Raw(separator);
            Path(path);
            writer.Raw(","u8);
            WriteInput(input);
            writer.Raw(")"u8);
            separator = ",("u8;
        }
    }

    private void WriteInput(DerivationInput input)
    {
        if (input.DynamicOutputs.Count == 0)
        {
            writer.Strings(InByteOrder.Sorted(input.Outputs));
            return;
        }

        writer.Raw("("u8);
        writer.Strings(InByteOrder.Sorted(input.Outputs));
        writer.Raw(",["u8);
        var separator = "("u8;
        foreach (var (output, needed) in InByteOrder.Sorted(input.DynamicOutputs))
        {
            writer.Raw(separator);
            writer.String(output);
            writer.Raw(","u8);
            WriteInput(needed);
            writer.Raw(")"u8);
            separator = ",("u8;
        }

        writer.Raw("])"u8);
    }

    private void WriteHashes(IReadOnlyList<(NixHash Hash, IReadOnlyList<string> Outputs)> hashes)
    {
        var separator = "("u8;
        foreach (var (hash, outputs) in hashes)
        {
            writer.Raw(separator);
            writer.Plain(hash.ToDigestString(HashFormat.Base16));
            writer.Raw(","u8);
            writer.Strings(InByteOrder.Sorted(outputs));
            writer.Raw(")"u8);
            separator = ",("u8;
        }
    }

    private void WriteEnvironment(bool mask)
    {
        var separator = "("u8;
        foreach (var (name, value) in InByteOrder.Sorted(derivation.Environment))
        {
            writer.Raw(separator);
            writer.String(name);
            writer.Raw(","u8);
            writer.String(mask && derivation.Outputs.ContainsKey(name) ? "" : value);
            writer.Raw(")"u8);
            separator = ",("u8;
        }
    }

    /// <summary>Store paths have no character that needs a backslash; another store directory than Nix's may.</summary>
    private void Path(StorePath path)
    {
        if (ReferenceEquals(path.Directory, StoreDirectory.Default))
        {
            writer.Plain("/nix/store/", path.BaseName);
        }
        else
        {
            writer.String(path.ToString());
        }
    }
}
