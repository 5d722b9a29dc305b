namespace NixSharp.Flakes.Outputs;

/// <summary>An output of a flake that could not be evaluated.</summary>
/// <param name="Attribute">Its attribute in the flake.</param>
/// <param name="Error">What Nix says.</param>
public sealed record FlakeOutputFailure(string Attribute, NixCommandException Error);
