using System.Buffers;
using NixSharp.Compression;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.NarInfos;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Serving;

/// <summary>What a URL of a binary cache stands for. Only what is exactly of one of the known forms stands for anything.</summary>
internal abstract record CacheRoute
{
    private const int MaxLength = 400;
    private const int NarHashLength = 52;

    private static readonly SearchValues<char> FileNameCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._+");

    public static CacheRoute? Parse(string path)
    {
        if (path.Length is < 2 or > MaxLength || path[0] != '/')
        {
            return null;
        }

        var slash = path.IndexOf('/', 1);
        var (folder, name) = slash < 0 ? (null, path[1..]) : (path[1..slash], path[(slash + 1)..]);
        return folder switch
        {
            null when name == CacheInfo.FileName => new Info(),
            null when HashPartBefore(".narinfo") is { } hashPart => new Path(hashPart),
            null when HashPartBefore(".ls") is { } hashPart => new Listing(hashPart),
            "nar" => ParseNar(name),
            "log" when StorePath.TryParseBaseName(name, null, out var derivation) => new Log(derivation.BaseName),
            "realisations" when name.EndsWith(".doi", StringComparison.Ordinal) && DerivationOutputId.TryParse(name[..^4], out var id) => new Output(id),
            _ => null,
        };

        string? HashPartBefore(string extension) =>
            name.Length == StorePath.HashPartLength + extension.Length && name.EndsWith(extension, StringComparison.Ordinal) && Nix32.IsAlphabetOnly(name.AsSpan(0, StorePath.HashPartLength))
                ? name[..StorePath.HashPartLength]
                : null;
    }

    public static string UrlOf(PathInfo info, NarCompression compression) =>
        $"nar/{info.Path.HashPart}-{info.NarHash.ToDigestString(HashFormat.Nix32)}.nar{ExtensionOf(compression)}";

    /// <summary>Unlike in Nix's own caches, where the same name would stand for what is gzipped and for what is not.</summary>
    private static string ExtensionOf(NarCompression compression) => compression == NarCompression.Gzip ? ".gz" : compression.FileExtension;

    private static CacheRoute? ParseNar(string name)
    {
        var dot = name.IndexOf(".nar", StringComparison.Ordinal);
        if (dot < 0 || name.AsSpan().ContainsAnyExcept(FileNameCharacters))
        {
            return null;
        }

        var extension = name[(dot + 4)..];
        if (dot == StorePath.HashPartLength + 1 + NarHashLength &&
            name[StorePath.HashPartLength] == '-' &&
            Nix32.IsAlphabetOnly(name.AsSpan(0, StorePath.HashPartLength)) &&
            NixHash.TryParse(name.AsSpan(StorePath.HashPartLength + 1, NarHashLength), NixHashAlgorithm.Sha256, out var hash) &&
            NarCompression.All.FirstOrDefault(known => ExtensionOf(known) == extension) is { } compression)
        {
            return new Nar(name[..StorePath.HashPartLength], hash, compression);
        }

        return new Upload(name);
    }

    public sealed record Info : CacheRoute;

    public sealed record Path(string HashPart) : CacheRoute;

    public sealed record Listing(string HashPart) : CacheRoute;

    /// <summary>A NAR that is made on demand.</summary>
    public sealed record Nar(string HashPart, NixHash NarHash, NarCompression Compression) : CacheRoute;

    /// <summary>A compressed NAR by the name that a client gave it.</summary>
    public sealed record Upload(string Name) : CacheRoute;

    public sealed record Log(string Derivation) : CacheRoute;

    public sealed record Output(DerivationOutputId Id) : CacheRoute;
}
