using NixSharp.StorePaths;

namespace NixSharp.Flakes.Outputs;

/// <summary>A derivation among the outputs of a flake.</summary>
public sealed record FlakeOutput
{
    /// <summary>Its attribute in the flake: <c>packages.x86_64-linux.hello</c>.</summary>
    public required string Attribute { get; init; }

    /// <summary>The name of the derivation: <c>hello-1.0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is built on: <c>x86_64-linux</c>.</summary>
    public required string System { get; init; }

    /// <summary>The derivation.</summary>
    public required StorePath DerivationPath { get; init; }

    /// <summary>Its outputs by name; null for paths that are known after the build only.</summary>
    public required IReadOnlyDictionary<string, StorePath?> Outputs { get; init; }
}
