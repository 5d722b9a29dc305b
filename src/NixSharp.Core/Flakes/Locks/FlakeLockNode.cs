using Newtonsoft.Json.Linq;
using NixSharp.Flakes.References;

namespace NixSharp.Flakes.Locks;

/// <summary>A node of a lock file: the flake itself, or something that it takes in.</summary>
public sealed record FlakeLockNode
{
    /// <summary>The inputs by name, in byte order.</summary>
    public IReadOnlyDictionary<string, FlakeLockInput> Inputs { get; init; } = new SortedDictionary<string, FlakeLockInput>(StringComparer.Ordinal);

    /// <summary>What was locked; null for the root.</summary>
    public FlakeReference? Locked { get; init; }

    /// <summary>What the flake asks for; null for the root.</summary>
    public FlakeReference? Original { get; init; }

    /// <summary>Whether it is a flake, and not just files. Default true.</summary>
    public bool IsFlake { get; init; } = true;

    /// <summary>The inputs from the root to the flake that a relative path is relative to; null for all other nodes.</summary>
    public IReadOnlyList<string>? Parent { get; init; }

    /// <summary>The names of the attributes of <see cref="Locked"/> that version 5 keeps apart, under <c>info</c>.</summary>
    internal IReadOnlyCollection<string> InfoNames { get; init; } = [];

    /// <summary>What later versions of Nix wrote, which is kept as it is.</summary>
    internal IReadOnlyList<JProperty> Other { get; init; } = [];
}
