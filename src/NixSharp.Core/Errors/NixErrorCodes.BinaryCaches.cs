namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A binary cache that does not answer, or is too busy to.</summary>
    public const string CacheUnreachable = "NIXS2020";

    /// <summary>A binary cache that answered with an error, or in a form that cannot be used.</summary>
    public const string CacheAnswer = "NIXS2021";

    /// <summary>A binary cache that wants credentials, or other ones.</summary>
    public const string CacheAccessDenied = "NIXS2022";

    /// <summary>A file name in a binary cache that leads out of it, or a file that is no plain one.</summary>
    public const string CacheFileRefused = "NIXS2023";

    /// <summary>A place that holds no binary cache, or one of another store directory.</summary>
    public const string NotABinaryCache = "NIXS2024";

    /// <summary>A file with credentials for caches that cannot be read.</summary>
    public const string CacheCredentials = "NIXS2025";

    /// <summary>A file in a binary cache that is not what it says it is.</summary>
    public const string CacheFileDamaged = "NIXS2026";
}
