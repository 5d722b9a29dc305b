using NixSharp.StorePaths;

namespace NixSharp.Stores.Copying;

/// <summary>What was fetched from substituters.</summary>
/// <param name="Substituted">The paths that were fetched, and from where.</param>
/// <param name="Unavailable">The paths that were asked for, and are not valid still.</param>
/// <param name="Failures">What went wrong, also where another substituter helped out.</param>
public sealed record SubstitutionResult(
    IReadOnlyList<SubstitutablePath> Substituted,
    IReadOnlyList<StorePath> Unavailable,
    IReadOnlyList<SubstitutionFailure> Failures);
