using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>Finds out what has to be built, without building it.</summary>
internal sealed class MissingQuery(LocalStore store)
{
    private readonly SortedSet<StorePath> _willBuild = [];
    private readonly SortedSet<StorePath> _unknown = [];
    private readonly HashSet<(StorePath, string)> _seen = [];
    private readonly Stack<DerivedPath> _open = new();

    public async Task<MissingPaths> RunAsync(IReadOnlyList<DerivedPath> paths, CancellationToken cancellationToken)
    {
        using var session = new BuildSession(store, BuildOptions.Default, cancellationToken);
        foreach (var path in paths)
        {
            _open.Push(path);
        }

        while (_open.TryPop(out var path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (path)
            {
                case DerivedPath.Opaque opaque when !store.HasPath(opaque.Path):
                    _unknown.Add(opaque.Path);
                    break;
                case DerivedPath.Built { Derivation: DerivedPath.Opaque derivation } built when _seen.Add((derivation.Path, built.Outputs.ToString())):
                    await VisitAsync(session, derivation.Path, built.Outputs).ConfigureAwait(false);
                    break;
                case DerivedPath.Built { Derivation: DerivedPath.Built inner }:
                    _open.Push(inner);
                    break;
            }
        }

        return new MissingPaths([.. _willBuild], [], [.. _unknown], 0, 0);
    }

    private async Task VisitAsync(BuildSession session, StorePath path, OutputsSpec outputs)
    {
        if (store.TryReadDerivation(path) is not { } derivation)
        {
            _unknown.Add(path);
            return;
        }

        IReadOnlyCollection<string> names = outputs.IsAll ? [.. derivation.Outputs.Keys] : outputs.Names;
        var known = await new Realisations(session, path, derivation).FindAsync(names.Where(derivation.Outputs.ContainsKey)).ConfigureAwait(false);
        if (names.All(name => known.TryGetValue(name, out var output) && store.HasPath(output)))
        {
            return;
        }

        _willBuild.Add(path);
        foreach (var (input, needed) in derivation.InputDerivations)
        {
            _open.Push(DerivedPath.Of(input, OutputsSpec.Of([.. needed.Outputs.Concat(needed.DynamicOutputs.Keys)])));
        }
    }
}
