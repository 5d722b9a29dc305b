using System.Collections.Concurrent;
using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Copying;

namespace NixSharp.Building;

/// <summary>
/// One request to realise something: every derivation that it needs is looked at once, and built once at most, inputs
/// first, as many at the same time as there are jobs.
/// </summary>
internal sealed class BuildSession : IDisposable
{
    private readonly ConcurrentDictionary<(StorePath Derivation, string Outputs), Lazy<Task<BuildOutcome>>> _goals = new();
    private readonly ConcurrentDictionary<(StorePath Derivation, string Output), StorePath> _realised = new();
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _asked;
    private readonly Lazy<Task<Bubblewrap>> _bubblewrap;
    private readonly Lazy<Task<IReadOnlyList<SandboxMount>>> _sandboxPaths;

    public BuildSession(LocalStore store, BuildOptions options, CancellationToken cancellationToken)
    {
        Store = store;
        Options = options;
        _asked = cancellationToken;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Jobs = new SemaphoreSlim(Math.Max(1, options.MaxJobs ?? Environment.ProcessorCount));
        Platform = new BuildPlatform(options);
        _bubblewrap = new(() => Building.Bubblewrap.FindAsync(Stopping));
        _sandboxPaths = new(() => Building.SandboxPaths.ReadAsync(store, options.SandboxPaths, Stopping));
    }

    public LocalStore Store { get; }

    public BuildOptions Options { get; }

    /// <summary>What this machine can build.</summary>
    public BuildPlatform Platform { get; }

    /// <summary>Which derivation waits for which.</summary>
    public WaitGraph Waits { get; } = new();

    /// <summary>Entered by whoever runs a builder.</summary>
    public SemaphoreSlim Jobs { get; }

    /// <summary>Set when the caller wants no more, or something failed and the rest is not to go on.</summary>
    public CancellationToken Stopping => _stop.Token;

    public Task<Bubblewrap> Bubblewrap => _bubblewrap.Value;

    public Task<IReadOnlyList<SandboxMount>> SandboxPaths => _sandboxPaths.Value;

    /// <summary>Realises derived paths.</summary>
    public async Task<IReadOnlyList<BuildResult>> BuildAsync(IReadOnlyList<DerivedPath> paths)
    {
        var outcomes = await Task.WhenAll(paths.Select(path => RealiseAsync(path, Options.Mode))).ConfigureAwait(false);
        _asked.ThrowIfCancellationRequested();
        return [.. paths.Zip(outcomes, static (path, outcome) => outcome.ToResult(path))];
    }

    /// <summary>Builds a derivation whose inputs are store paths.</summary>
    public async Task<BuildResult> BuildAsync(StorePath path, Derivation derivation)
    {
        var goal = new DerivationGoal(this, path, OutputsSpec.All, Options.Mode);
        var outcome = await goal.RunAsync(derivation).ConfigureAwait(false);
        _asked.ThrowIfCancellationRequested();
        return outcome.ToResult(DerivedPath.Of(path, OutputsSpec.All));
    }

    /// <summary>Realises outputs of a derivation; once, however often it is asked for.</summary>
    public Task<BuildOutcome> RealiseAsync(StorePath derivation, OutputsSpec outputs, BuildMode mode) =>
        _goals.GetOrAdd(
            (derivation, outputs.ToString()),
            _ => new Lazy<Task<BuildOutcome>>(() => Task.Run(() => new DerivationGoal(this, derivation, outputs, mode).RunAsync(null)))).Value;

    /// <summary>The path that an output became in this session; null where it was not realised in it.</summary>
    public StorePath? FindRealised(StorePath derivation, string output) => _realised.TryGetValue((derivation, output), out var path) ? path : null;

    /// <summary>Remembers what an output became.</summary>
    public void Remember(StorePath derivation, string output, StorePath path) => _realised[(derivation, output)] = path;

    /// <summary>Stops all else after a failure, unless the rest is to go on.</summary>
    public void Fail()
    {
        if (!Options.KeepGoing)
        {
            Abort();
        }
    }

    /// <summary>Stops everything.</summary>
    public void Abort() => _stop.Cancel();

    public void Dispose()
    {
        _stop.Dispose();
        Jobs.Dispose();
    }

    /// <summary>Fetches paths that are missing, and what they need, from the substituters.</summary>
    /// <returns>Why something is missing still; null where nothing is.</returns>
    public async Task<string?> SubstituteAsync(IReadOnlyCollection<StorePath> paths)
    {
        if (!Options.UseSubstitutes || Options.Substituters.Count == 0)
        {
            return "no substituter was asked";
        }

        var options = new SubstitutionOptions { Progress = Options.Progress };
        var result = await Substitution.TryRealiseAsync(Store, paths, Options.Substituters, options, Stopping).ConfigureAwait(false);
        return result.Unavailable.Count == 0 ? null
            : result.Failures.Count == 0 ? "no substituter has it"
            : string.Join("; ", result.Failures.Take(3));
    }

    private async Task<BuildOutcome> RealiseAsync(StorePath path)
    {
        try
        {
            await Store.AddTemporaryRootAsync(path, Stopping).ConfigureAwait(false);
            if (Store.HasPath(path))
            {
                return new BuildOutcome(BuildStatus.AlreadyValid);
            }

            if (await SubstituteAsync([path]).ConfigureAwait(false) is not { } why)
            {
                return new BuildOutcome(BuildStatus.Substituted);
            }

            Fail();
            return new BuildOutcome(BuildStatus.NoSubstituters) { Error = $"{path} is not in the store, and is no derivation that could be built: {why}. Copy it from another store." };
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            return new BuildOutcome(BuildStatus.Cancelled) { Error = $"{path} was not fetched: it was stopped, because something else failed." };
        }
    }

    private async Task<BuildOutcome> RealiseAsync(DerivedPath path, BuildMode mode)
    {
        switch (path)
        {
            case DerivedPath.Opaque opaque:
                return await RealiseAsync(opaque.Path).ConfigureAwait(false);
            case DerivedPath.Built { Derivation: DerivedPath.Opaque derivation } built:
                return await RealiseAsync(derivation.Path, built.Outputs, mode).ConfigureAwait(false);
            case DerivedPath.Built { Derivation: DerivedPath.Built inner } built:
                var outcome = await RealiseAsync(inner, BuildMode.Normal).ConfigureAwait(false);
                return !outcome.IsSuccess ? outcome.AsDependency(inner.ToString())
                    : outcome.Outputs.Values.First() is { IsDerivation: true } made ? await RealiseAsync(made, built.Outputs, mode).ConfigureAwait(false)
                    : new BuildOutcome(BuildStatus.InputRejected) { Error = $"{inner} is no derivation: its name does not end in .drv." };
            default:
                throw new ArgumentException($"'{path}' is of no known kind.", nameof(path));
        }
    }
}
