namespace NixSharp.Stores.Caches;

/// <summary>What a file in a cache is, which tells web servers its media type.</summary>
internal enum CacheFileType
{
    CacheInfo,
    NarInfo,
    Nar,
    Listing,
    Log,
    Realisation,
}
