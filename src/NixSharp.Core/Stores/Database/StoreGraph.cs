using NixSharp.StorePaths;

namespace NixSharp.Stores.Database;

/// <summary>All valid paths of a store and what they need, by number: what a collector thinks in.</summary>
internal sealed class StoreGraph
{
    /// <summary>The paths; their place is their number.</summary>
    public required IReadOnlyList<StorePath> Paths { get; init; }

    /// <summary>The number of each path.</summary>
    public required IReadOnlyDictionary<StorePath, int> Numbers { get; init; }

    /// <summary>What the path with a number refers to, itself left out.</summary>
    public required IReadOnlyList<int[]> References { get; init; }

    /// <summary>The number of the derivation that made a path, if that is valid; else -1.</summary>
    public required int[] Derivers { get; init; }

    /// <summary>The numbers of the valid outputs of those derivations whose outputs the database knows.</summary>
    public required IReadOnlyDictionary<int, List<int>> Outputs { get; init; }

    /// <summary>The same graph with other outputs.</summary>
    public StoreGraph With(IReadOnlyDictionary<int, List<int>> outputs) =>
        new() { Paths = Paths, Numbers = Numbers, References = References, Derivers = Derivers, Outputs = outputs };

    /// <summary>Marks paths and all that they need, directly or not.</summary>
    /// <param name="alive">What is marked; what is marked already is not followed.</param>
    /// <param name="roots">The numbers to start from.</param>
    /// <param name="options">Whether outputs and derivers are needed, too.</param>
    public void Mark(bool[] alive, IEnumerable<int> roots, GarbageOptions options)
    {
        var open = new Stack<int>(roots);
        while (open.TryPop(out var number))
        {
            if (alive[number])
            {
                continue;
            }

            alive[number] = true;
            foreach (var reference in References[number])
            {
                open.Push(reference);
            }

            if (options.KeepDerivations && Derivers[number] >= 0)
            {
                open.Push(Derivers[number]);
            }

            if (options.KeepOutputs && Outputs.TryGetValue(number, out var outputs))
            {
                outputs.ForEach(open.Push);
            }
        }
    }

    /// <summary>The numbers that are not marked, each before what it refers to.</summary>
    public List<int> ListUnmarked(bool[] alive)
    {
        var seen = new bool[Paths.Count];
        var ordered = new List<int>();
        var open = new Stack<(int Number, int Next)>();
        for (var root = 0; root < Paths.Count; root++)
        {
            Enter(root);
            while (open.TryPop(out var top))
            {
                if (top.Next == References[top.Number].Length)
                {
                    ordered.Add(top.Number);
                    continue;
                }

                open.Push((top.Number, top.Next + 1));
                Enter(References[top.Number][top.Next]);
            }
        }

        ordered.Reverse();
        return ordered;

        void Enter(int number)
        {
            if (!seen[number] && !alive[number])
            {
                seen[number] = true;
                open.Push((number, 0));
            }
        }
    }
}
