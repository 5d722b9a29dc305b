using NixSharp.Derivations;

namespace NixSharp.Stores.Protocol;

/// <summary>A derivation without the derivations that it needs, on the wire: Nix's <c>BasicDerivation</c>.</summary>
internal static class DerivationWire
{
    public static void WriteDerivation(this WireWriter writer, Derivation derivation)
    {
        writer.WriteList(
            [.. derivation.Outputs.OrderBy(static output => output.Key, ByteText.Comparer)],
            output =>
            {
                var (path, algorithm, hash) = OutputFields.Of(derivation.Name, output.Key, output.Value, derivation.StoreDirectory);
                writer.WriteString(output.Key);
                writer.WriteString(path);
                writer.WriteString(algorithm);
                writer.WriteString(hash);
            });
        writer.WritePaths(derivation.InputSources);
        writer.WriteString(derivation.System);
        writer.WriteString(derivation.Builder);
        writer.WriteStrings(derivation.Arguments);
        writer.WriteList(
            [.. derivation.Environment.OrderBy(static variable => variable.Key, ByteText.Comparer)],
            variable =>
            {
                writer.WriteString(variable.Key);
                writer.WriteString(variable.Value);
            });
    }

    /// <summary>Reads a derivation whose name the other side said before.</summary>
    public static async ValueTask<Derivation> ReadDerivationAsync(this WireReader reader, string name, CancellationToken cancellationToken) => new()
    {
        Name = name,
        StoreDirectory = reader.Directory,
        Outputs = await reader.ReadOutputsAsync(name, cancellationToken).ConfigureAwait(false),
        InputSources = await reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false),
        System = await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false),
        Builder = await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false),
        Arguments = await reader.ReadListAsync(reader.ReadTextAsync, cancellationToken).ConfigureAwait(false),
        Environment = await reader.ReadMapAsync(reader.ReadNameAsync, reader.ReadTextAsync, cancellationToken).ConfigureAwait(false),
    };

    private static async ValueTask<Dictionary<string, DerivationOutput>> ReadOutputsAsync(this WireReader reader, string name, CancellationToken cancellationToken)
    {
        var outputs = new Dictionary<string, DerivationOutput>();
        foreach (var (output, path, algorithm, hash) in await reader.ReadListAsync(ReadFieldsAsync, cancellationToken).ConfigureAwait(false))
        {
            if (!outputs.TryAdd(output, OutputFields.Read(name, output, path, algorithm, hash, reader.Directory)))
            {
                throw reader.Invalid($"the output '{output}' is there twice");
            }
        }

        return outputs;

        async ValueTask<(string Output, string Path, string Algorithm, string Hash)> ReadFieldsAsync(CancellationToken cancellation) => (
            await reader.ReadNameAsync(cancellation).ConfigureAwait(false),
            await reader.ReadNameAsync(cancellation).ConfigureAwait(false),
            await reader.ReadNameAsync(cancellation).ConfigureAwait(false),
            await reader.ReadNameAsync(cancellation).ConfigureAwait(false));
    }
}
