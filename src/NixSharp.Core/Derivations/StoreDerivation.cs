using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>A derivation with all that follows from it: its store path and what stands for it where others need it.</summary>
public sealed class StoreDerivation
{
    internal StoreDerivation(StorePath path, Derivation derivation, DerivationHash hash, IReadOnlyList<StoreDerivation> inputs)
    {
        Path = path;
        Derivation = derivation;
        Hash = hash;
        Inputs = inputs;
    }

    /// <summary>The store path of its <c>.drv</c> file.</summary>
    public StorePath Path { get; }

    /// <summary>The derivation, output paths filled in.</summary>
    public Derivation Derivation { get; }

    /// <summary>What stands for it where others need it.</summary>
    public DerivationHash Hash { get; }

    /// <summary>The derivations that it needs directly.</summary>
    public IReadOnlyList<StoreDerivation> Inputs { get; }

    /// <summary>
    /// What stands for an output in the variables and arguments of a derivation that needs it: the path or, where that
    /// is not known before it is built, a placeholder.
    /// </summary>
    /// <exception cref="NixFormatException">There is no such output.</exception>
    public string GetOutput(string output = "out") =>
        Derivation.GetOutputPath(output)?.ToString() ?? Placeholder.ForUpstream(Path, output).ToString();

    /// <summary>It and all that it needs, each once, what is needed before what needs it.</summary>
    public IReadOnlyList<StoreDerivation> GetClosure()
    {
        var sorted = new List<StoreDerivation>();
        var seen = new HashSet<StorePath> { Path };
        var open = new Stack<(StoreDerivation Derivation, int Next)>();
        open.Push((this, 0));
        while (open.TryPop(out var top))
        {
            if (top.Next == top.Derivation.Inputs.Count)
            {
                sorted.Add(top.Derivation);
                continue;
            }

            open.Push((top.Derivation, top.Next + 1));
            if (top.Derivation.Inputs[top.Next] is var input && seen.Add(input.Path))
            {
                open.Push((input, 0));
            }
        }

        return sorted;
    }

    /// <summary>The store path.</summary>
    public override string ToString() => Path.ToString();
}
