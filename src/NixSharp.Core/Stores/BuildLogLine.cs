using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>A line that a builder printed, or that the store says of its work.</summary>
/// <param name="Derivation">The derivation that is built; null where the line is the store's own.</param>
/// <param name="Text">The line, without its end.</param>
public readonly record struct BuildLogLine(StorePath? Derivation, string Text);
