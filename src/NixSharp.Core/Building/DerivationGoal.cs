using NixSharp.Derivations;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>Sees to it that outputs of one derivation are there: they are already, or its inputs are realised and it is built.</summary>
internal sealed class DerivationGoal(BuildSession session, StorePath path, OutputsSpec wanted, BuildMode mode)
{
    private LocalStore Store => session.Store;

    /// <param name="given">The derivation, where it need not be in the store and its inputs are store paths.</param>
    public async Task<BuildOutcome> RunAsync(Derivation? given)
    {
        try
        {
            return await RealiseAsync(given).ConfigureAwait(false);
        }
        catch (BuildFailure failure)
        {
            session.Fail();
            return new BuildOutcome(failure.Status) { Error = $"{path} was not built: {failure.Message}" };
        }
        catch (NixFormatException error)
        {
            session.Fail();
            return new BuildOutcome(BuildStatus.InputRejected) { Error = $"{path} was not built: {error.Message}" };
        }
        catch (OperationCanceledException) when (session.Stopping.IsCancellationRequested)
        {
            return new BuildOutcome(BuildStatus.Cancelled) { Error = $"{path} was not built: it was stopped, because something else failed." };
        }
        catch
        {
            session.Abort();
            throw;
        }
    }

    private async Task<BuildOutcome> RealiseAsync(Derivation? given)
    {
        await Store.AddTemporaryRootAsync(path, session.Stopping).ConfigureAwait(false);
        var derivation = given ?? await ReadAsync().ConfigureAwait(false);
        var names = NamesOf(derivation);
        var realisations = new Realisations(session, path, derivation);
        var known = await realisations.FindAsync(names).ConfigureAwait(false);
        foreach (var output in known.Values)
        {
            await Store.AddTemporaryRootAsync(output, session.Stopping).ConfigureAwait(false);
        }

        var present = PresentAmong(known);
        if (mode == BuildMode.Normal && present.Count < names.Count && known.Count == names.Count && await TrySubstituteAsync(derivation, known).ConfigureAwait(false))
        {
            await realisations.AddAsync(known).ConfigureAwait(false);
            return Succeed(new BuildOutcome(BuildStatus.Substituted), known, realisations);
        }

        switch (mode)
        {
            case BuildMode.Normal when present.Count == names.Count:
            case BuildMode.Repair when present.Count == names.Count && present.Values.All(IsIntact):
                return Succeed(new BuildOutcome(BuildStatus.AlreadyValid), present, realisations);
            case BuildMode.Check when present.Count < names.Count:
                throw new BuildFailure(BuildStatus.InputRejected, "it can only be checked once all its outputs are valid. Build it first.");
        }

        var failed = await new InputRealiser(session, path, mode).RunAsync(derivation.InputDerivations).ConfigureAwait(false);
        if (failed is not null)
        {
            session.Fail();
            return failed with { Error = failed.Status == BuildStatus.Cancelled ? failed.Error : $"{path} was not built: {failed.Error}" };
        }

        var outcome = NeedsResolving(derivation)
            ? await BuildResolvedAsync(derivation, names).ConfigureAwait(false)
            : await new DerivationBuild(session, path, derivation, mode).RunAsync().ConfigureAwait(false);
        if (!outcome.IsSuccess)
        {
            return outcome;
        }

        await realisations.AddAsync(outcome.Outputs).ConfigureAwait(false);
        return Succeed(outcome, outcome.Outputs.Where(output => names.Contains(output.Key)).ToDictionary(), realisations);
    }

    private async Task<Derivation> ReadAsync()
    {
        if (Store.TryReadDerivation(path) is { } there)
        {
            return there;
        }

        var why = await session.SubstituteAsync([path]).ConfigureAwait(false);
        return Store.TryReadDerivation(path)
            ?? throw new BuildFailure(BuildStatus.NoSubstituters, $"it is not in the store, and {why}. Copy it from another store, or instantiate it again.");
    }

    private Dictionary<string, StorePath> PresentAmong(IReadOnlyDictionary<string, StorePath> known) =>
        known.Where(output => Store.HasPath(output.Value)).ToDictionary();

    private async Task<bool> TrySubstituteAsync(Derivation derivation, IReadOnlyDictionary<string, StorePath> known) =>
        session.Options is { UseSubstitutes: true, Substituters.Count: > 0 }
        && DerivationOptions.From(derivation).AllowSubstitutes
        && await session.SubstituteAsync([.. known.Values]).ConfigureAwait(false) is null;

    private async Task<BuildOutcome> BuildResolvedAsync(Derivation derivation, IReadOnlyCollection<string> names)
    {
        var resolved = derivation.TryResolve(session.FindRealised)
            ?? throw BuildFailure.Rejected("an output that it needs was not made");
        var resolvedPath = await Store.AddTextAsync(
            resolved.Name + Derivation.FileExtension,
            ByteText.FromBytes(resolved.ToAterm()),
            resolved.GetReferences(),
            session.Stopping).ConfigureAwait(false);
        await Store.AddTemporaryRootAsync(resolvedPath, session.Stopping).ConfigureAwait(false);

        var realisations = new Realisations(session, resolvedPath, resolved);
        var known = await realisations.FindAsync(resolved.Outputs.Keys).ConfigureAwait(false);
        if (mode == BuildMode.Normal && names.All(name => known.TryGetValue(name, out var output) && Store.HasPath(output)))
        {
            return new BuildOutcome(BuildStatus.ResolvesToAlreadyValid) { Outputs = known };
        }

        var outcome = await new DerivationBuild(session, resolvedPath, resolved, mode).RunAsync().ConfigureAwait(false);
        await realisations.AddAsync(outcome.Outputs).ConfigureAwait(false);
        return outcome;
    }

    private BuildOutcome Succeed(BuildOutcome outcome, IReadOnlyDictionary<string, StorePath> outputs, Realisations realisations)
    {
        foreach (var (name, output) in outputs)
        {
            session.Remember(path, name, output);
        }

        return outcome with { Outputs = outputs, IdOf = realisations.IdOf };
    }

    private IReadOnlyCollection<string> NamesOf(Derivation derivation)
    {
        if (wanted.Names.FirstOrDefault(name => !derivation.Outputs.ContainsKey(name)) is { } missing)
        {
            throw BuildFailure.Rejected($"it has no output '{missing}', only {string.Join(", ", derivation.Outputs.Keys.Order(ByteText.Comparer))}");
        }

        return wanted.IsAll ? [.. derivation.Outputs.Keys] : wanted.Names;
    }

    /// <summary>Whether what is really built follows only now: the paths of inputs stand as placeholders, or its own path was not known.</summary>
    private bool NeedsResolving(Derivation derivation) =>
        derivation.InputDerivations.Count > 0
        && (derivation.Kind is not (DerivationKind.InputAddressed or DerivationKind.Fixed)
            || derivation.InputDerivations.Any(input => input.Value.DynamicOutputs.Count > 0
                || Store.TryReadDerivation(input.Key) is { Kind: DerivationKind.Floating or DerivationKind.Impure or DerivationKind.Deferred }));

    private bool IsIntact(StorePath output) =>
        Store.Query(output) is { } info
        && NarArchive.Digest(Store.GetRealPath(output), info.NarHash.Algorithm, [], null, session.Stopping) is var digest
        && digest.Hash == info.NarHash;
}
