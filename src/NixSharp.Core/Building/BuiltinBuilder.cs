using NixSharp.Derivations;

namespace NixSharp.Building;

/// <summary>Builds what is built without a program: <c>builtin:fetchurl</c>.</summary>
internal sealed class BuiltinBuilder(BuildInputs inputs, string storeFolder, BuildLog log)
{
    /// <exception cref="BuildFailure">There is no such builder, or it failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var name = inputs.Derivation.Builder;
        if (name != "builtin:fetchurl")
        {
            throw BuildFailure.Rejected($"its builder is '{name}', and only builtin:fetchurl is built in here. Build it with Nix.");
        }

        if (inputs.Derivation.Kind != DerivationKind.Fixed)
        {
            throw BuildFailure.Rejected("builtin:fetchurl makes fixed outputs only, so the derivation has to state the hash of its output.");
        }

        Directory.CreateDirectory(storeFolder);
        await new UrlFetcher(log)
        {
            Url = Attribute("url") ?? throw BuildFailure.Rejected("builtin:fetchurl needs the attribute 'url'."),
            Unpack = Attribute("unpack") == "1",
            Executable = Attribute("executable") == "1",
        }.FetchAsync(Path.Combine(storeFolder, inputs.Scratch["out"].BaseName), cancellationToken).ConfigureAwait(false);
    }

    private string? Attribute(string name) => inputs.Options.StructuredAttributes is { } attributes
        ? attributes.Json[name] switch
        {
            Newtonsoft.Json.Linq.JValue { Value: string text } => text,
            Newtonsoft.Json.Linq.JValue { Value: true } => "1",
            _ => null,
        }
        : inputs.Derivation.Environment.GetValueOrDefault(name);
}
