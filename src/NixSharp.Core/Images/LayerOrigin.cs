namespace NixSharp.Images;

/// <summary>A repository that has a layer, so that the same registry can take it from there without an upload.</summary>
/// <param name="Registry">The registry's host, and its port where it has one.</param>
/// <param name="Repository">The repository in it.</param>
public sealed record LayerOrigin(string Registry, string Repository);
