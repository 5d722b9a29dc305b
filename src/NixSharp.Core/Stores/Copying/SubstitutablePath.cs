namespace NixSharp.Stores.Copying;

/// <summary>A path, and the store that it comes from.</summary>
/// <param name="Info">What that store knows of the path.</param>
/// <param name="Substituter">The store.</param>
public sealed record SubstitutablePath(PathInfo Info, INixStore Substituter);
