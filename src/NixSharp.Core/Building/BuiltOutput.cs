using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>An output that a builder made: canonical, known, and not in its place yet.</summary>
/// <param name="Name">The output's name.</param>
/// <param name="Folder">Where its files are.</param>
/// <param name="Info">What the store will know of it.</param>
internal sealed record BuiltOutput(string Name, string Folder, PathInfo Info);
