namespace NixSharp.Stores.Caches;

/// <summary>The media types that Nix gives to files in caches.</summary>
internal static class CacheFileTypes
{
    public static string ToMediaType(this CacheFileType type) => type switch
    {
        CacheFileType.CacheInfo => "text/x-nix-cache-info",
        CacheFileType.NarInfo => "text/x-nix-narinfo",
        CacheFileType.Nar => "application/x-nix-nar",
        CacheFileType.Log => "text/plain; charset=utf-8",
        CacheFileType.Listing or CacheFileType.Realisation => "application/json",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such type of file."),
    };
}
