using System.Globalization;
using System.Text;
using NixSharp.StorePaths;

namespace NixSharp.NarInfos;

/// <summary>What a binary cache says of itself in <c>nix-cache-info</c>.</summary>
public sealed record CacheInfo
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "nix-cache-info";

    /// <summary>The media type of the file.</summary>
    public const string MediaType = "text/x-nix-cache-info";

    /// <summary>The most bytes that the file may have.</summary>
    public const int MaxSize = 64 * 1024;

    /// <summary>The store directory of the paths in the cache.</summary>
    public StoreDirectory StoreDirectory { get; init; } = StoreDirectory.Default;

    /// <summary>Whether the cache can be asked for many paths at a time, because its answers cost little; null where it does not say.</summary>
    public bool? WantMassQuery { get; init; }

    /// <summary>The lower, the earlier the cache is asked; null where it does not say, which Nix takes for 50.</summary>
    public int? Priority { get; init; }

    /// <summary>Reads the file; lines that are not known are ignored.</summary>
    /// <exception cref="NixFormatException">A value makes no sense.</exception>
    public static CacheInfo Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxSize)
        {
            throw Invalid($"it has {text.Length} characters, and {MaxSize} are allowed", null);
        }

        var (info, offset) = (new CacheInfo(), 0);
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = line[(colon + 1)..].Trim();
            info = colon < 0 ? info : line[..colon] switch
            {
                "StoreDir" => info with { StoreDirectory = ReadDirectory(value, offset) },
                "WantMassQuery" => info with { WantMassQuery = value == "1" },
                "Priority" => info with
                {
                    Priority = int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var priority)
                        ? priority
                        : throw Invalid($"the priority '{value}' is no number", offset),
                },
                _ => info,
            };
            offset += line.Length + 1;
        }

        return info;
    }

    /// <summary>Writes the file as Nix does.</summary>
    public string Write()
    {
        var text = new StringBuilder($"StoreDir: {StoreDirectory}\n");
        if (WantMassQuery is { } wanted)
        {
            text.Append(CultureInfo.InvariantCulture, $"WantMassQuery: {(wanted ? 1 : 0)}\n");
        }

        if (Priority is { } priority)
        {
            text.Append(CultureInfo.InvariantCulture, $"Priority: {priority}\n");
        }

        return text.ToString();
    }

    private static StoreDirectory ReadDirectory(string value, int offset)
    {
        try
        {
            return new StoreDirectory(value);
        }
        catch (NixFormatException error)
        {
            throw Invalid(error.Message.TrimEnd('.'), offset);
        }
    }

    private static NixFormatException Invalid(string why, int? offset) => new(
        NixErrorCodes.InvalidCacheInfo,
        $"The cache's {FileName} cannot be read: {why}. Check the cache's address, and what wrote the file.",
        offset);
}
