namespace NixSharp.Derivations;

/// <summary>
/// What attributes of a derivation ask of whoever builds it. They are in its environment or, where it has them, in its
/// structured attributes.
/// </summary>
public sealed record DerivationOptions
{
    /// <summary>The structured attributes; null where the derivation has none and its environment counts.</summary>
    public StructuredAttributes? StructuredAttributes { get; init; }

    /// <summary><c>__noChroot</c>: whether it is to be built outside the sandbox.</summary>
    public bool NoChroot { get; init; }

    /// <summary>Whether its outputs are impure, so that it may use the network and is never up to date.</summary>
    public bool IsImpure { get; init; }

    /// <summary><c>__sandboxProfile</c>: rules for macOS's sandbox.</summary>
    public string AdditionalSandboxProfile { get; init; } = "";

    /// <summary><c>__impureHostDeps</c>: files of the host that the sandbox of macOS lets through.</summary>
    public IReadOnlyList<string> ImpureHostDependencies { get; init; } = [];

    /// <summary><c>impureEnvVars</c>: variables that a fixed output gets from whoever builds it.</summary>
    public IReadOnlyList<string> ImpureEnvironmentVariables { get; init; } = [];

    /// <summary><c>__darwinAllowLocalNetworking</c>: whether the sandbox of macOS allows loopback.</summary>
    public bool AllowLocalNetworking { get; init; }

    /// <summary>Variables whose values come to the builder as files; never with structured attributes.</summary>
    public IReadOnlyList<string> PassAsFile { get; init; } = [];

    /// <summary>Files in the build folder that list the closures of paths, by name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<OutputReference>> ExportReferencesGraph { get; init; } =
        new Dictionary<string, IReadOnlyList<OutputReference>>();

    /// <summary>What a machine must offer to build it, such as <c>kvm</c>.</summary>
    public IReadOnlyList<string> RequiredSystemFeatures { get; init; } = [];

    /// <summary>Whether building is so quick that sending it to another machine does not pay.</summary>
    public bool PreferLocalBuild { get; init; }

    /// <summary>Whether outputs may come from substituters.</summary>
    public bool AllowSubstitutes { get; init; } = true;

    /// <summary>The outputs that are registered without looking for references.</summary>
    public IReadOnlySet<string> UnsafeDiscardReferences { get; init; } = new HashSet<string>();

    /// <summary>What all outputs must keep to; null with structured attributes, where <see cref="PerOutputChecks"/> counts.</summary>
    public OutputChecks? ChecksForAllOutputs { get; init; }

    /// <summary>What single outputs must keep to, by name.</summary>
    public IReadOnlyDictionary<string, OutputChecks> PerOutputChecks { get; init; } = new Dictionary<string, OutputChecks>();

    /// <summary>What an output must keep to.</summary>
    public OutputChecks ChecksOf(string output) =>
        ChecksForAllOutputs ?? PerOutputChecks.GetValueOrDefault(output, OutputChecks.None);

    /// <summary>Reads the attributes of <paramref name="derivation"/>.</summary>
    /// <exception cref="NixFormatException">An attribute has a value of the wrong kind.</exception>
    public static DerivationOptions From(Derivation derivation)
    {
        ArgumentNullException.ThrowIfNull(derivation);
        return new DerivationOptionsReader(derivation).Read();
    }
}
