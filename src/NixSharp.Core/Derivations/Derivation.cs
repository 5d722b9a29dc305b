using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>
/// A build step, as a <c>.drv</c> file holds it: a program, its arguments and environment, what it needs and what it
/// makes. Strings may hold bytes that are not UTF-8; see <see cref="ByteText"/>.
/// </summary>
public sealed partial record Derivation
{
    /// <summary>The name, without <c>.drv</c>. It is not in the file, but in the file's name.</summary>
    public required string Name { get; init; }

    /// <summary>The store directory that all its paths are in.</summary>
    public StoreDirectory StoreDirectory { get; init; } = StoreDirectory.Default;

    /// <summary>What it makes, by output name.</summary>
    public required IReadOnlyDictionary<string, DerivationOutput> Outputs { get; init; }

    /// <summary>The store paths that it needs as they are, sorted.</summary>
    public IReadOnlyList<StorePath> InputSources { get; init; } = [];

    /// <summary>The derivations whose outputs it needs.</summary>
    public IReadOnlyDictionary<StorePath, DerivationInput> InputDerivations { get; init; } = new Dictionary<StorePath, DerivationInput>();

    /// <summary>The system that it is built on, such as <c>x86_64-linux</c>.</summary>
    public required string System { get; init; }

    /// <summary>The program that is run.</summary>
    public required string Builder { get; init; }

    /// <summary>The program's arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The environment. Structured attributes are in it as <c>__json</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
