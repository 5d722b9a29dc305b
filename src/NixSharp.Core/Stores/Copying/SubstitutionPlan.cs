using NixSharp.StorePaths;

namespace NixSharp.Stores.Copying;

/// <summary>What substituters have of some paths and all that they need.</summary>
/// <param name="Available">What can be fetched, what one refers to before it.</param>
/// <param name="Unavailable">What no substituter has, and what needs such a path.</param>
/// <param name="Failures">What went wrong while the substituters were asked.</param>
public sealed record SubstitutionPlan(
    IReadOnlyList<SubstitutablePath> Available,
    IReadOnlyList<StorePath> Unavailable,
    IReadOnlyList<SubstitutionFailure> Failures);
