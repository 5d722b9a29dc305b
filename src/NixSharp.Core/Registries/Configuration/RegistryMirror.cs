namespace NixSharp.Registries.Configuration;

/// <summary>A place that has copies of a registry's images.</summary>
/// <param name="Location">The registry, and the namespace in it, that stands for the rule's prefix.</param>
/// <param name="IsInsecure">Whether its certificate need not be trusted.</param>
/// <param name="Use">What it is asked for.</param>
public sealed record RegistryMirror(string Location, bool IsInsecure, MirrorUse Use);
