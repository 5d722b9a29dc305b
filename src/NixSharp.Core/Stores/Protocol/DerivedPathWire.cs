using NixSharp.Derivations;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>
/// What can be realised, on the wire: <c>DERIVATION!out,dev</c>. Before 1.30 a derivation alone means all its outputs,
/// and a derivation as it is cannot be said.
/// </summary>
internal static class DerivedPathWire
{
    public static void WriteDerivedPath(this WireWriter writer, DerivedPath path)
    {
        if (writer.Version.Has(30))
        {
            writer.WriteString(path.ToLegacyString());
            return;
        }

        writer.WriteString(path switch
        {
            DerivedPath.Opaque { Path.IsDerivation: false } => path.ToString(),
            DerivedPath.Built { Derivation: DerivedPath.Opaque derivation, Outputs.IsAll: true } => derivation.ToString(),
            DerivedPath.Built { Derivation: DerivedPath.Opaque } => path.ToLegacyString(),
            _ => throw new NixStoreException(
                NixErrorCodes.DaemonTooOld,
                $"'{path}' cannot be named in version {writer.Version} of Nix's worker protocol, which the other side speaks. Realise it in another way, or use Nix 2.4 or later there."),
        });
    }

    public static async ValueTask<DerivedPath> ReadDerivedPathAsync(this WireReader reader, CancellationToken cancellationToken)
    {
        var text = await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false);
        return !reader.Version.Has(30) && StorePath.TryParse(text, reader.Directory, out var path) && path.IsDerivation
            ? DerivedPath.Of(path, OutputsSpec.All)
            : DerivedPath.ParseLegacy(text, reader.Directory);
    }

    /// <summary>Writes the paths in the order that they have.</summary>
    public static void WriteDerivedPaths(this WireWriter writer, IReadOnlyCollection<DerivedPath> paths) => writer.WriteList(paths, writer.WriteDerivedPath);

    public static async ValueTask<IReadOnlyList<DerivedPath>> ReadDerivedPathsAsync(this WireReader reader, CancellationToken cancellationToken) =>
        await reader.ReadListAsync(reader.ReadDerivedPathAsync, cancellationToken).ConfigureAwait(false);
}
