using Newtonsoft.Json;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>Ids of outputs and what these became, on the wire: text and JSON.</summary>
internal static class RealisationWire
{
    /// <summary>Stands for the hash of a derivation that is known by its path only.</summary>
    public static NixHash UnknownHash { get; } = new(NixHashAlgorithm.Sha256, new byte[NixHashAlgorithm.Sha256.GetDigestSize()]);

    public static void WriteOutputId(this WireWriter writer, DerivationOutputId id) => writer.WriteString(id.ToString());

    public static async ValueTask<DerivationOutputId> ReadOutputIdAsync(this WireReader reader, CancellationToken cancellationToken) =>
        DerivationOutputId.Parse(await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false));

    public static void WriteRealisation(this WireWriter writer, Realisation realisation)
    {
        var json = RealisationJson.Write(realisation);
        if (realisation.Id.DerivationHash == UnknownHash)
        {
            // What Nix since 2.35 says to those who do not know realisations by path.
            json.Remove("dependentRealisations");
            json.Remove("signatures");
        }

        writer.WriteString(json.ToString(Formatting.None));
    }

    public static async ValueTask<Realisation> ReadRealisationAsync(this WireReader reader, CancellationToken cancellationToken) =>
        RealisationJson.Read(JsonText.Parse(await reader.ReadTextAsync(cancellationToken).ConfigureAwait(false)), reader.Directory);

    /// <summary>Writes the form of <see cref="WireFeatures.RealisationWithPath"/>.</summary>
    public static void WriteTraceEntry(this WireWriter writer, BuildTraceEntry entry)
    {
        writer.WriteTraceKey(entry.Derivation, entry.OutputName);
        writer.WriteUnkeyedRealisation(entry.OutputPath, entry.Signatures);
    }

    public static async ValueTask<BuildTraceEntry> ReadTraceEntryAsync(this WireReader reader, CancellationToken cancellationToken)
    {
        var (derivation, output) = await reader.ReadTraceKeyAsync(cancellationToken).ConfigureAwait(false);
        var (path, signatures) = await reader.ReadUnkeyedRealisationAsync(cancellationToken).ConfigureAwait(false);
        return new BuildTraceEntry { Derivation = derivation, OutputName = output, OutputPath = path, Signatures = signatures };
    }

    /// <summary>Writes the id of an output in the form of <see cref="WireFeatures.RealisationWithPath"/>.</summary>
    public static void WriteTraceKey(this WireWriter writer, StorePath derivation, string output)
    {
        writer.WritePath(derivation);
        writer.WriteString(output);
    }

    public static async ValueTask<(StorePath Derivation, string Output)> ReadTraceKeyAsync(this WireReader reader, CancellationToken cancellationToken) => (
        await reader.ReadPathAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Writes what an output became, without its id.</summary>
    public static void WriteUnkeyedRealisation(this WireWriter writer, StorePath outputPath, IReadOnlyList<string> signatures)
    {
        writer.WritePath(outputPath);
        writer.WriteStringSet(signatures);
    }

    public static async ValueTask<(StorePath OutputPath, IReadOnlyList<string> Signatures)> ReadUnkeyedRealisationAsync(this WireReader reader, CancellationToken cancellationToken) => (
        await reader.ReadPathAsync(cancellationToken).ConfigureAwait(false),
        await reader.ReadNamesAsync(cancellationToken).ConfigureAwait(false));
}
