using NixSharp.StorePaths;

namespace NixSharp.Derivations;

public sealed partial class DerivationGraph
{
    /// <summary>Depth first with a stack of its own, because chains of derivations are longer than a thread's stack.</summary>
    private List<StorePath> Sort()
    {
        var sorted = new List<StorePath>();
        var finished = new HashSet<StorePath>();
        var entered = new HashSet<StorePath>();
        var open = new Stack<(StorePath Path, IReadOnlyList<StorePath> Inputs, int Next)>();
        foreach (var root in Roots)
        {
            Enter(root, null);
            while (open.TryPop(out var top))
            {
                if (top.Next == top.Inputs.Count)
                {
                    finished.Add(top.Path);
                    sorted.Add(top.Path);
                    continue;
                }

                open.Push(top with { Next = top.Next + 1 });
                Enter(top.Inputs[top.Next], top.Path);
            }
        }

        return sorted;

        void Enter(StorePath path, StorePath? neededBy)
        {
            if (finished.Contains(path))
            {
                return;
            }

            var derivation = _derivations.GetValueOrDefault(path) ?? throw DerivationHashes.Missing(path, neededBy);
            if (!entered.Add(path))
            {
                throw derivation.Inconsistent("it needs itself");
            }

            open.Push((path, InByteOrder.Sorted([.. derivation.InputDerivations.Keys]), 0));
        }
    }

    /// <summary>The derivations in groups, each of which needs only those before it.</summary>
    private List<List<StorePath>> GetLevels()
    {
        var levels = new List<List<StorePath>>();
        var levelOf = new Dictionary<StorePath, int>(Paths.Count);
        foreach (var path in Paths)
        {
            var level = 0;
            foreach (var input in _derivations[path].InputDerivations.Keys)
            {
                level = Math.Max(level, levelOf[input] + 1);
            }

            levelOf.Add(path, level);
            if (level == levels.Count)
            {
                levels.Add([]);
            }

            levels[level].Add(path);
        }

        return levels;
    }
}
