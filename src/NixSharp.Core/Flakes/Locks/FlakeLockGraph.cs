namespace NixSharp.Flakes.Locks;

/// <summary>Where the inputs of a lock file lead, found out once.</summary>
internal sealed class FlakeLockGraph
{
    // Each follows is resolved inside the one that needs it; nobody follows that far.
    private const int MaxDepth = 200;
    private readonly FlakeLock _lock;
    private readonly Dictionary<(string Node, string Input), string> _targets = [];

    public FlakeLockGraph(FlakeLock @lock)
    {
        _lock = @lock;
        if (!@lock.Nodes.ContainsKey(@lock.Root))
        {
            throw FlakeLock.Invalid($"it has no node '{@lock.Root}', which it names as its root");
        }

        foreach (var (name, node) in @lock.Nodes)
        {
            CheckNode(name, node);
            foreach (var input in node.Inputs.Keys)
            {
                Target(name, input, []);
            }
        }

        CheckCircles();
    }

    public string? Find(string node, string input) => _targets.GetValueOrDefault((node, input));

    /// <summary>Lists inputs breadth first, so that every node has its shortest path.</summary>
    public SortedDictionary<string, FlakeLockInput> List()
    {
        var inputs = new SortedDictionary<string, FlakeLockInput>(StringComparer.Ordinal);
        var seen = new HashSet<string> { _lock.Root };
        var waiting = new Queue<(string Node, string Path)>([(_lock.Root, "")]);
        while (waiting.TryDequeue(out var current))
        {
            foreach (var (name, input) in _lock.Nodes[current.Node].Inputs)
            {
                var path = current.Path.Length == 0 ? name : $"{current.Path}/{name}";
                inputs[path] = input;
                if (input.Node is { } node && seen.Add(node))
                {
                    waiting.Enqueue((node, path));
                }
            }
        }

        return inputs;
    }

    private void CheckNode(string name, FlakeLockNode node)
    {
        if (name == _lock.Root)
        {
            return;
        }

        if (node.Locked is null || node.Original is null)
        {
            throw FlakeLock.Invalid($"the node '{name}' does not say what {(node.Locked is null ? "is locked" : "was asked for")}");
        }

        // A path inside the flake itself changes with it, and so needs no lock.
        if (!node.Locked.IsLocked && node.Parent is null)
        {
            throw FlakeLock.Invalid($"the node '{name}' has neither a commit nor a hash, so it is not locked");
        }
    }

    private string Target(string node, string input, List<(string Node, string Input)> way)
    {
        if (_targets.TryGetValue((node, input), out var known))
        {
            return known;
        }

        if (way.Contains((node, input)) || way.Count > MaxDepth)
        {
            throw FlakeLock.Invalid(way.Count > MaxDepth
                ? $"the input '{input}' of the node '{node}' follows over more than {MaxDepth} others"
                : $"the input '{input}' of the node '{node}' follows itself, by way of {string.Join(", ", way.Skip(1).Select(static step => $"{step.Node}/{step.Input}"))}");
        }

        if (!_lock.Nodes.TryGetValue(node, out var from) || !from.Inputs.TryGetValue(input, out var to))
        {
            throw FlakeLock.Invalid($"something follows the input '{input}' of the node '{node}', and there is none");
        }

        way.Add((node, input));
        var target = to.Node ?? to.Follows!.Aggregate(_lock.Root, (current, next) => Target(current, next, way));
        way.RemoveAt(way.Count - 1);
        if (!_lock.Nodes.ContainsKey(target))
        {
            throw FlakeLock.Invalid($"the input '{input}' of the node '{node}' leads to the node '{target}', and there is none");
        }

        _targets.Add((node, input), target);
        return target;
    }

    /// <summary>Only by following the flake itself may a node need itself: Nix locks no circle of nodes.</summary>
    private void CheckCircles()
    {
        var open = new Dictionary<string, int>();
        foreach (var node in _lock.Nodes.Values)
        {
            foreach (var to in node.Inputs.Values.Select(static input => input.Node).OfType<string>())
            {
                open[to] = open.GetValueOrDefault(to) + 1;
            }
        }

        var free = new Stack<string>(_lock.Nodes.Keys.Where(name => !open.ContainsKey(name)));
        var done = 0;
        for (; free.TryPop(out var name); done++)
        {
            foreach (var to in _lock.Nodes[name].Inputs.Values.Select(static input => input.Node).OfType<string>())
            {
                if (--open[to] == 0)
                {
                    free.Push(to);
                }
            }
        }

        if (done < _lock.Nodes.Count)
        {
            throw FlakeLock.Invalid($"some of its nodes are inputs of themselves: {string.Join(", ", open.Where(static pair => pair.Value > 0).Select(static pair => pair.Key).Order(StringComparer.Ordinal).Take(5))}");
        }
    }
}
