namespace NixSharp.Stores.Protocol;

/// <summary>Parts of a greeting, and of errors, on the wire.</summary>
internal static class HandshakeWire
{
    private const ulong Unknown = 0;
    private const ulong Trusted = 1;
    private const ulong NotTrusted = 2;

    public static void WriteTrust(this WireWriter writer, bool? trusted) => writer.WriteNumber(trusted switch
    {
        null => Unknown,
        true => Trusted,
        false => NotTrusted,
    });

    public static async ValueTask<bool?> ReadTrustAsync(this WireReader reader, CancellationToken cancellationToken) =>
        await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false) switch
        {
            Unknown => null,
            Trusted => true,
            NotTrusted => false,
            var number => throw reader.Invalid($"{number} says neither that the client is trusted nor that it is not"),
        };

    /// <summary>Reads the place where an error is, which no version of Nix sends.</summary>
    public static async ValueTask RefusePositionAsync(this WireReader reader, CancellationToken cancellationToken)
    {
        if (await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false) != 0)
        {
            throw reader.Invalid("an error has a position, which is not understood");
        }
    }
}
