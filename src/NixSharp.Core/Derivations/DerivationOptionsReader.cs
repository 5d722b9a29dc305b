using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>Reads <see cref="DerivationOptions"/> from a derivation.</summary>
internal sealed class DerivationOptionsReader(Derivation derivation)
{
    private readonly AttributeReader _attributes = AttributeReader.Of(derivation);
    private readonly Lazy<Dictionary<string, OutputReference.Built>> _placeholders = new(() => PlaceholdersOf(derivation));

    public DerivationOptions Read() => new()
    {
        StructuredAttributes = _attributes.Structured,
        NoChroot = _attributes.Truth("__noChroot"),
        IsImpure = derivation.Outputs.Values.Any(static output => output is DerivationOutput.Impure),
        AdditionalSandboxProfile = _attributes.Text("__sandboxProfile") ?? "",
        ImpureHostDependencies = Set("__impureHostDeps"),
        ImpureEnvironmentVariables = Set("impureEnvVars"),
        AllowLocalNetworking = _attributes.Truth("__darwinAllowLocalNetworking"),
        PassAsFile = _attributes.Structured is null ? Set("passAsFile") : [],
        ExportReferencesGraph = _attributes.Graphs().ToDictionary(
            static pair => pair.Key,
            pair => (IReadOnlyList<OutputReference>)[.. pair.Value.Select(text => ReadGraphRoot(pair.Key, text))]),
        RequiredSystemFeatures = Set("requiredSystemFeatures"),
        PreferLocalBuild = _attributes.Truth("preferLocalBuild"),
        AllowSubstitutes = _attributes.Truth("allowSubstitutes", otherwise: true),
        UnsafeDiscardReferences = _attributes.TrueOf("unsafeDiscardReferences"),
        ChecksForAllOutputs = _attributes.Structured is null ? ReadChecks(_attributes) with { IgnoreSelfReferences = true } : null,
        PerOutputChecks = _attributes.PartsOf("outputChecks").ToDictionary(static part => part.Key, part => ReadChecks(part.Value)),
    };

    private static Dictionary<string, OutputReference.Built> PlaceholdersOf(Derivation derivation)
    {
        var placeholders = new Dictionary<string, OutputReference.Built>();
        var open = new Stack<(DerivedPath Path, Func<string, Placeholder> Placeholder, DerivationInput Input)>();
        foreach (var (path, input) in derivation.InputDerivations.Where(static pair => pair.Key.IsDerivation))
        {
            open.Push((DerivedPath.Of(path), output => Placeholder.ForUpstream(path, output), input));
        }

        while (open.TryPop(out var top))
        {
            foreach (var output in top.Input.Outputs)
            {
                placeholders[top.Placeholder(output).ToString()] = new OutputReference.Built(top.Path, output);
            }

            foreach (var (output, needed) in top.Input.DynamicOutputs)
            {
                var parent = top.Placeholder(output);
                open.Push((new DerivedPath.Built(top.Path, OutputsSpec.Of(output)), inner => Placeholder.ForDynamic(parent, inner), needed));
            }
        }

        return placeholders;
    }

    private IReadOnlyList<string> Set(string name) =>
        [.. (_attributes.Texts(name) ?? []).Distinct(StringComparer.Ordinal).Order(ByteText.Comparer)];

    private OutputChecks ReadChecks(AttributeReader attributes) => new()
    {
        AllowedReferences = References(attributes, "allowedReferences"),
        AllowedRequisites = References(attributes, "allowedRequisites"),
        DisallowedReferences = References(attributes, "disallowedReferences") ?? [],
        DisallowedRequisites = References(attributes, "disallowedRequisites") ?? [],
        MaxSize = attributes.Structured is null ? null : attributes.Size("maxSize"),
        MaxClosureSize = attributes.Structured is null ? null : attributes.Size("maxClosureSize"),
    };

    private List<OutputReference>? References(AttributeReader attributes, string name) =>
        attributes.Texts(name)?.Distinct(StringComparer.Ordinal).Select(text => ReadReference(name, text)).ToList();

    private OutputReference ReadReference(string attribute, string text) =>
        StorePath.TryParse(text, derivation.StoreDirectory, out var path) ? new OutputReference.Path(path)
        : _placeholders.Value.TryGetValue(text, out var built) ? built
        : derivation.Outputs.Keys.FirstOrDefault(output => Placeholder.ForOutput(output).ToString() == text) is { } own ? new OutputReference.Own(own)
        : OutputsSpec.IsName(text) ? new OutputReference.Own(text)
        : throw _attributes.Invalid(attribute, $"'{text}' is neither a store path nor an output of the derivation");

    /// <summary>A path that lies inside a store path stands for that.</summary>
    private OutputReference ReadGraphRoot(string name, string text)
    {
        var end = text.Length > derivation.StoreDirectory.Path.Length + 1 ? text.IndexOf('/', derivation.StoreDirectory.Path.Length + 1) : -1;
        return StorePath.TryParse(end < 0 ? text : text[..end], derivation.StoreDirectory, out var path) ? new OutputReference.Path(path)
            : _placeholders.Value.TryGetValue(text, out var built) ? built
            : throw _attributes.Invalid("exportReferencesGraph", $"'{text}', for the file '{name}', is not a store path");
    }
}
