namespace NixSharp.Stores.Caches;

/// <summary>Names of files in a cache, which may come from strangers.</summary>
internal static class CacheFileName
{
    private const int MaxLength = 1024;

    /// <summary>Refuses a name that leads out of the cache, or that no file system takes.</summary>
    /// <param name="name">The name, relative to the cache's root.</param>
    /// <param name="place">The cache, for the message.</param>
    /// <exception cref="NixStoreException">It is such a name.</exception>
    public static void Check(string name, string place)
    {
        if (WhyNot(name) is { } why)
        {
            throw Refused(name, place, why);
        }
    }

    public static NixStoreException Refused(string name, string place, string why) => new(
        NixErrorCodes.CacheFileRefused,
        $"The file '{CacheText.Show(name)}' of the cache {place} was not touched: {why}. A narinfo that names it is damaged or made to harm: do not use this cache before its owner has looked at it.");

    private static string? WhyNot(string name)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return $"a name has 1 to {MaxLength} characters, not {name.Length}";
        }

        if (name.Any(char.IsControl) || (OperatingSystem.IsWindows() && name.AsSpan().ContainsAny('\\', ':')))
        {
            return "its name has characters that no file's name should have";
        }

        foreach (var part in name.Split('/'))
        {
            if (part is "" or "." or "..")
            {
                return "its name is not a plain path below the cache's folder";
            }
        }

        return null;
    }
}
