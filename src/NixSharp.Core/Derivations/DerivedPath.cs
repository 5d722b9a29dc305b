using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>Something that can be realised: a store path as it is, or outputs of a derivation.</summary>
public abstract partial record DerivedPath
{
    private DerivedPath()
    {
    }

    /// <summary>A store path as it is.</summary>
    /// <param name="Path">The path.</param>
    public sealed record Opaque(StorePath Path) : DerivedPath
    {
        /// <summary>The path.</summary>
        public override string ToString() => Path.ToString();
    }

    /// <summary>Outputs of a derivation.</summary>
    /// <param name="Derivation">The derivation: a store path, or itself one output of another derivation.</param>
    /// <param name="Outputs">The outputs.</param>
    public sealed record Built(DerivedPath Derivation, OutputsSpec Outputs) : DerivedPath
    {
        /// <summary><c>DERIVATION^OUTPUTS</c>.</summary>
        public override string ToString() => $"{Derivation}^{Outputs}";
    }

    /// <summary>A store path as it is.</summary>
    public static DerivedPath Of(StorePath path) => new Opaque(path);

    /// <summary>Outputs of a derivation that is in a store; all unless said otherwise.</summary>
    public static DerivedPath Of(StorePath derivation, OutputsSpec outputs) => new Built(new Opaque(derivation), outputs);
}
