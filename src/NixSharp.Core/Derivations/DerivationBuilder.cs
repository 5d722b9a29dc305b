using System.Collections.Immutable;
using Newtonsoft.Json.Linq;
using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>
/// Makes derivations in C#. The same attributes give the same store path as in a <c>derivation { ... }</c> of the Nix
/// language: the variables <c>name</c>, <c>system</c>, <c>builder</c> and <c>outputs</c> are there as in that, and each
/// output has a variable with its path.
/// </summary>
public sealed partial record DerivationBuilder
{
    /// <summary>The name, which the output paths get too.</summary>
    public required string Name { get; init; }

    /// <summary>The system that it is built on, such as <c>x86_64-linux</c>.</summary>
    public required string System { get; init; }

    /// <summary>The program that is run.</summary>
    public required string Builder { get; init; }

    /// <summary>The program's arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables besides those that there are anyway. Strings may hold bytes that are not UTF-8; see <see cref="ByteText"/>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// Structured attributes in the place of variables; null for none. The builder finds them, and <c>name</c>,
    /// <c>system</c>, <c>builder</c> and <c>outputs</c> among them, in files.
    /// </summary>
    public JObject? StructuredAttributes { get; init; }

    /// <summary>The names of the outputs; the first is the one that is meant where none is named. Null stands for <c>out</c> alone, without a variable that says so.</summary>
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>
    /// How the paths of the outputs are found: <see cref="DerivationOutput.Deferred"/> from the derivation,
    /// <see cref="DerivationOutput.Fixed"/> from the hash that it has, <see cref="DerivationOutput.Floating"/> and
    /// <see cref="DerivationOutput.Impure"/> from what is built.
    /// </summary>
    public DerivationOutput Output { get; init; } = new DerivationOutput.Deferred();

    /// <summary>Store paths that it needs as they are.</summary>
    public IReadOnlyCollection<StorePath> Sources { get; init; } = [];

    /// <summary>The store directory, <c>/nix/store</c> unless given.</summary>
    public StoreDirectory StoreDirectory { get; init; } = StoreDirectory.Default;

    private ImmutableDictionary<StorePath, (StoreDerivation Derivation, DerivationInput Needed)> Inputs { get; init; } =
        ImmutableDictionary<StorePath, (StoreDerivation, DerivationInput)>.Empty;

    /// <summary>Adds a variable, or replaces it.</summary>
    public DerivationBuilder WithVariable(string name, string value) =>
        this with { Environment = Environment.ToImmutableDictionary().SetItem(name, value) };

    /// <summary>Adds store paths that are needed as they are.</summary>
    public DerivationBuilder WithSources(params IReadOnlyCollection<StorePath> sources) => this with { Sources = [.. Sources, .. sources] };

    /// <summary>Adds outputs of a derivation that must be built first; <c>out</c> unless named.</summary>
    /// <seealso cref="StoreDerivation.GetOutput"/>
    public DerivationBuilder WithInput(StoreDerivation derivation, params IReadOnlyCollection<string> outputs) =>
        WithNeed(derivation, known => known with { Outputs = Union(known.Outputs, outputs.Count == 0 ? ["out"] : outputs) });

    /// <summary>Adds outputs of a derivation that is itself an output: <paramref name="output"/> of <paramref name="derivation"/> becomes a <c>.drv</c> file when it is built.</summary>
    public DerivationBuilder WithDynamicInput(StoreDerivation derivation, string output, params IReadOnlyCollection<string> outputs) =>
        WithNeed(derivation, known =>
        {
            var inner = known.DynamicOutputs.GetValueOrDefault(output, new DerivationInput());
            inner = inner with { Outputs = Union(inner.Outputs, outputs.Count == 0 ? ["out"] : outputs) };
            return known with { DynamicOutputs = known.DynamicOutputs.ToImmutableDictionary().SetItem(output, inner) };
        });

    private static IReadOnlyList<string> Union(IEnumerable<string> left, IEnumerable<string> right) =>
        [.. left.Union(right, StringComparer.Ordinal).Order(ByteText.Comparer)];

    private DerivationBuilder WithNeed(StoreDerivation derivation, Func<DerivationInput, DerivationInput> add)
    {
        ArgumentNullException.ThrowIfNull(derivation);
        var known = Inputs.TryGetValue(derivation.Path, out var input) ? input.Needed : new DerivationInput();
        return this with { Inputs = Inputs.SetItem(derivation.Path, (derivation, add(known))) };
    }
}
