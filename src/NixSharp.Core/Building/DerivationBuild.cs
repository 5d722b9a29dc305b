using NixSharp.Closures;
using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>Builds one derivation whose inputs are all there, under the locks that keep others from building it too.</summary>
internal sealed class DerivationBuild(BuildSession session, StorePath path, Derivation derivation, BuildMode mode)
{
    private LocalStore Store => session.Store;

    /// <exception cref="BuildFailure">The derivation is refused, the builder fails, or an output is refused.</exception>
    public async Task<BuildOutcome> RunAsync()
    {
        var attributes = DerivationOptions.From(derivation);
        session.Platform.Check(derivation, attributes);
        RefuseStringsThatNoProgramGets();
        var known = derivation.GetOutputPaths();
        foreach (var output in known.Values)
        {
            await Store.AddTemporaryRootAsync(output, session.Stopping).ConfigureAwait(false);
        }

        var locks = new List<FileLock>();
        try
        {
            // In one order everywhere, so that two who build the same wait for each other and not both forever.
            foreach (var (locked, addition) in derivation.Outputs.Keys
                .Select(name => known.TryGetValue(name, out var output) ? (output, "") : (path, $".{name}"))
                .OrderBy(static place => place.Item1.BaseName + place.Item2, StringComparer.Ordinal))
            {
                locks.Add(await Store.LockForBuildAsync(locked, addition, session.Stopping).ConfigureAwait(false));
            }

            if (mode == BuildMode.Normal && known.Count == derivation.Outputs.Count && known.Values.All(Store.HasPath))
            {
                return new BuildOutcome(BuildStatus.AlreadyValid) { Outputs = known };
            }

            await session.Jobs.WaitAsync(session.Stopping).ConfigureAwait(false);
            try
            {
                return await BuildAsync(attributes, known).ConfigureAwait(false);
            }
            finally
            {
                session.Jobs.Release();
            }
        }
        finally
        {
            foreach (var held in locks)
            {
                held.DeleteAndDispose();
            }
        }
    }

    private async Task<BuildOutcome> BuildAsync(DerivationOptions attributes, IReadOnlyDictionary<string, StorePath> known)
    {
        var needed = InputPaths();
        await Store.HoldAsync(needed, session.Stopping).ConfigureAwait(false);
        var closure = await Store.GetClosureAsync(needed, session.Stopping).ConfigureAwait(false);
        var scratch = derivation.Outputs.Keys.ToDictionary(
            static name => name,
            name => known.TryGetValue(name, out var output) ? output : StorePath.ForScratch(path, Derivation.OutputPathName(derivation.Name, name), name));
        var graphs = await ReferenceGraphs.LoadAsync(session, attributes, closure).ConfigureAwait(false);
        var inputs = new BuildInputs(path, derivation, attributes, closure, graphs, scratch);

        using var work = await BuildFolders.CreateAsync(Store, derivation.Name, session.Stopping).ConfigureAwait(false);
        session.Options.Progress?.Report(new NixProgress("building", path.ToString(), 0, 1, ProgressUnit.Items));
        var start = DateTimeOffset.UtcNow;
        try
        {
            await new BuilderRun(session, inputs, work).RunAsync().ConfigureAwait(false);
            var stop = DateTimeOffset.UtcNow;
            var outputs = new OutputReader(inputs, work.Outputs).Read(session.Stopping);
            new OutputChecker(inputs, outputs).Check();
            var placed = await new OutputPlacer(session, mode).PlaceAsync(outputs, [.. known.Values], work).ConfigureAwait(false);
            session.Options.Progress?.Report(new NixProgress("building", path.ToString(), 1, 1, ProgressUnit.Items));
            return new BuildOutcome(BuildStatus.Built) { Outputs = placed, TimesBuilt = 1, Start = start, Stop = stop };
        }
        catch (BuildFailure failure) when (session.Options.KeepFailed)
        {
            throw new BuildFailure(failure.Status, $"{failure.Message}\nIts build folder was kept: {work.KeepBuildFolder()}", failure);
        }
    }

    /// <summary>NUL ends a string where programs are started, and would begin another one where options are read.</summary>
    private void RefuseStringsThatNoProgramGets()
    {
        if (derivation.Arguments.Concat(derivation.Environment.Keys).Concat(derivation.Environment.Values).Append(derivation.Builder).Any(static text => text.Contains('\0', StringComparison.Ordinal)))
        {
            throw BuildFailure.Rejected("a string of its builder, arguments or environment holds a NUL, which no program can get.");
        }

        if (derivation.Environment.Keys.FirstOrDefault(static name => name.Length == 0 || name.Contains('=', StringComparison.Ordinal)) is { } name)
        {
            throw BuildFailure.Rejected($"'{name}' cannot be the name of a variable.");
        }
    }

    private List<StorePath> InputPaths()
    {
        var paths = new List<StorePath>(derivation.InputSources);
        foreach (var (input, needed) in derivation.InputDerivations)
        {
            paths.AddRange(needed.Outputs.Select(output => session.FindRealised(input, output) ?? throw BuildFailure.Rejected($"it needs the output '{output}' of {input}, which was not made")));
        }

        return paths;
    }
}
