using Newtonsoft.Json.Linq;

namespace NixSharp.Derivations;

public sealed partial record DerivationBuilder
{
    private static readonly string[] OnlyOut = ["out"];

    /// <summary>Makes the derivation, fills in its output paths, and computes its store path.</summary>
    /// <exception cref="NixFormatException">
    /// A name cannot be one, a part is missing, outputs do not go together, or a variable is named after an output.
    /// </exception>
    public StoreDerivation Build()
    {
        var hashes = new DerivationHashes();
        foreach (var (path, (derivation, _)) in Inputs)
        {
            hashes.Remember(path, derivation.Hash);
        }

        var filled = DerivationOutputs.Fill(Draft(), hashes);
        return new StoreDerivation(filled.ComputePath(), filled, hashes.OfNeeded(filled), [.. Inputs.Values.Select(static input => input.Derivation)]);
    }

    private Derivation Draft()
    {
        Derivation.CheckName(Name);
        var outputs = Outputs ?? OnlyOut;
        var draft = new Derivation
        {
            Name = Name,
            StoreDirectory = StoreDirectory,
            System = System,
            Builder = Builder,
            Arguments = [.. Arguments],
            Outputs = new Dictionary<string, DerivationOutput>(outputs.Distinct(StringComparer.Ordinal).Select(name => KeyValuePair.Create(name, Output))),
            InputSources = [.. Sources.Distinct().Order()],
            InputDerivations = Inputs.ToDictionary(static input => input.Key, static input => input.Value.Needed),
        };
        if (WhyNot(draft, outputs) is { } why)
        {
            throw draft.Inconsistent(why);
        }

        foreach (var output in outputs)
        {
            Derivation.CheckOutputName(output);
        }

        return draft with { Environment = Variables(outputs) };
    }

    private Dictionary<string, string> Variables(IReadOnlyList<string> outputs)
    {
        var variables = new Dictionary<string, string>();
        if (StructuredAttributes is { } attributes)
        {
            var all = (JObject)attributes.DeepClone();
            all["name"] ??= Name;
            all["system"] ??= System;
            all["builder"] ??= Builder;
            if (Outputs is not null)
            {
                all["outputs"] ??= new JArray(outputs);
            }

            variables[Derivations.StructuredAttributes.Variable] = Derivations.StructuredAttributes.From(all).Text;
        }
        else
        {
            (variables["name"], variables["system"], variables["builder"]) = (Name, System, Builder);
            if (Outputs is not null)
            {
                variables["outputs"] = string.Join(' ', outputs);
            }
        }

        foreach (var (name, value) in Environment)
        {
            variables[name] = value;
        }

        foreach (var output in outputs)
        {
            variables[output] = Output is DerivationOutput.Floating or DerivationOutput.Impure ? Placeholder.ForOutput(output).ToString() : "";
        }

        return variables;
    }

    private string? WhyNot(Derivation draft, IReadOnlyList<string> outputs)
    {
        if (System.Length == 0 || Builder.Length == 0)
        {
            return $"it has no {(System.Length == 0 ? "system" : "builder")}";
        }

        if (outputs.Count != draft.Outputs.Count)
        {
            return "an output is there twice";
        }

        if (Name.EndsWith(Derivation.FileExtension, StringComparison.Ordinal) && !(outputs.SequenceEqual(OnlyOut) && MakesText))
        {
            return "its name ends in .drv, which only the one output of a derivation that makes text may";
        }

        if (outputs.FirstOrDefault(output => output == "drv" || Environment.ContainsKey(output)) is { } clash)
        {
            return clash == "drv" ? "an output may not be called 'drv'" : $"'{clash}' is both a variable and an output";
        }

        if (StructuredAttributes is not null && Environment.ContainsKey(Derivations.StructuredAttributes.Variable))
        {
            return $"it has both structured attributes and the variable {Derivations.StructuredAttributes.Variable}";
        }

        if (Output is DerivationOutput.InputAddressed)
        {
            return "the paths of its outputs are given, and follow from the derivation. Ask for deferred outputs instead";
        }

        if (Sources.Concat(Inputs.Keys).FirstOrDefault(path => path.Directory != StoreDirectory) is { BaseName.Length: > 0 } stranger)
        {
            return $"it needs {stranger}, which is in another store directory";
        }

        return Arguments.Append(Builder).Concat(Environment.Keys).Concat(Environment.Values).Any(static text => text.Contains('\0', StringComparison.Ordinal))
            ? "a string of it contains NUL, which no program can be given"
            : null;
    }

    private bool MakesText => Output switch
    {
        DerivationOutput.Fixed output => output.Address.IsText,
        DerivationOutput.Floating output => output.Method == StorePaths.ContentAddressMethod.Text,
        _ => false,
    };
}
