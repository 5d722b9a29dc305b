using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace NixSharp.Images.Oci;

/// <summary>What an image runs on, in Go's words: <c>linux/amd64</c>, <c>linux/arm64</c>, <c>linux/arm/v7</c>.</summary>
/// <param name="OperatingSystem">The system, such as <c>linux</c>.</param>
/// <param name="Architecture">The processor, such as <c>amd64</c>.</param>
/// <param name="Variant">What the processor needs to have at least, such as <c>v7</c>; null where the least of its kind does.</param>
public sealed partial record OciPlatform(string OperatingSystem, string Architecture, string? Variant = null)
{
    /// <summary>Linux on this machine's processor: what containers are, whichever system this is.</summary>
    public static OciPlatform Current { get; } = new("linux", GoPlatform.Architecture);

    /// <summary>Reads <c>OS/ARCHITECTURE[/VARIANT]</c>.</summary>
    /// <exception cref="ImageException">The text is none.</exception>
    public static OciPlatform Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var platform)
            ? platform
            : throw new ImageException(NixErrorCodes.InvalidImageOptions, $"'{text}' is not a platform. Write it like linux/amd64 or linux/arm/v7.");
    }

    /// <summary>Reads what <see cref="Parse"/> reads; false where it would throw.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out OciPlatform? platform)
    {
        platform = text is not null && Pattern().Match(text) is { Success: true, Groups: var parts }
            ? new OciPlatform(parts[1].Value, parts[2].Value, parts[3].Success ? parts[3].Value : null)
            : null;
        return platform is not null;
    }

    /// <summary>
    /// How well a machine of this platform runs what was made for <paramref name="other"/>: the higher, the better it
    /// uses what the processor has; null where it does not run it at all.
    /// </summary>
    public decimal? Suits(OciPlatform other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.OperatingSystem != OperatingSystem || other.Architecture != Architecture ? null
            : other.Variant == Variant ? Level ?? 0
            : Level is { } mine && other.Level is { } needed && needed <= mine ? needed
            : null;
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Variant is null ? $"{OperatingSystem}/{Architecture}" : $"{OperatingSystem}/{Architecture}/{Variant}";

    // What each kind of processor has where nothing is said.
    private decimal? Level => Variant is null
        ? Architecture switch { "arm" => 7, "arm64" => 8, "amd64" => 1, _ => 0 }
        : Variant.StartsWith('v') && decimal.TryParse(Variant.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var level) ? level : null;

    [GeneratedRegex(@"\A([a-z0-9]{1,32})/([a-z0-9_]{1,32})(?:/([a-z0-9.]{1,32}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
