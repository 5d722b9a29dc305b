namespace NixSharp.Stores;

/// <summary>A path whose files lie, whole and checked, beside their place.</summary>
/// <param name="Info">The path.</param>
/// <param name="Files">Where the files are.</param>
internal readonly record struct StagedPath(PathInfo Info, string Files);
