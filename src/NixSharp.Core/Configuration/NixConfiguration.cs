using System.Collections.Immutable;
using System.Globalization;

namespace NixSharp.Configuration;

/// <summary>
/// Nix's settings, as <c>nix.conf</c> has them: <c>name = value</c>, where <c>extra-NAME</c> adds to a list. Immutable.
/// Names that Nix has changed since are known under both; names that nobody knows are kept.
/// </summary>
public sealed partial class NixConfiguration
{
    private static readonly Dictionary<string, string> NewNames = new()
    {
        ["binary-caches"] = "substituters",
        ["binary-cache-public-keys"] = "trusted-public-keys",
        ["trusted-binary-caches"] = "trusted-substituters",
        ["build-cores"] = "cores",
        ["build-max-jobs"] = "max-jobs",
        ["build-max-silent-time"] = "max-silent-time",
        ["build-timeout"] = "timeout",
        ["build-fallback"] = "fallback",
        ["build-use-sandbox"] = "sandbox",
        ["build-use-chroot"] = "sandbox",
        ["env-keep-derivations"] = "keep-env-derivations",
        ["gc-keep-derivations"] = "keep-derivations",
        ["gc-keep-outputs"] = "keep-outputs",
    };

    private readonly ImmutableSortedDictionary<string, Setting> _settings;

    private NixConfiguration(ImmutableSortedDictionary<string, Setting> settings)
    {
        _settings = settings;
    }

    /// <summary>No settings: Nix's defaults.</summary>
    public static NixConfiguration Empty { get; } = new(ImmutableSortedDictionary.Create<string, Setting>(StringComparer.Ordinal));

    /// <summary>The names of the settings that are not left to their defaults, sorted.</summary>
    public IEnumerable<string> Names => _settings.Keys;

    /// <summary>Changes one setting; a name that starts with <c>extra-</c> adds to a list. White space counts as one blank, as in <c>nix.conf</c>.</summary>
    public NixConfiguration With(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        const string extra = "extra-";
        var isExtra = name.StartsWith(extra, StringComparison.Ordinal) && name.Length > extra.Length;
        var known = isExtra ? name[extra.Length..] : name;
        known = NewNames.GetValueOrDefault(known, known);
        var before = _settings.GetValueOrDefault(known);
        value = string.Join(' ', Words(isExtra ? $"{before.Extra} {value}" : value));
        return new NixConfiguration(_settings.SetItem(known, isExtra ? before with { Extra = value } : new Setting(value, null)));
    }

    /// <summary>A setting's text; null where it is left to its default.</summary>
    public string? GetText(string name) => _settings.GetValueOrDefault(name).Value;

    /// <summary>A list, with what <c>extra-</c> settings add to it.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="defaults">The list where it is left to its default.</param>
    public IReadOnlyList<string> GetList(string name, params IReadOnlyList<string> defaults)
    {
        var setting = _settings.GetValueOrDefault(name);
        return [.. setting.Value is { } value ? Words(value) : defaults, .. setting.Extra is { } extra ? Words(extra) : []];
    }

    /// <summary>A setting that is true or false.</summary>
    /// <exception cref="NixFormatException">Its value is neither.</exception>
    public bool GetBoolean(string name, bool defaults) => GetText(name) switch
    {
        null => defaults,
        "true" or "yes" or "1" => true,
        "false" or "no" or "0" => false,
        var value => throw Invalid(name, value, "true or false"),
    };

    /// <summary>A setting that is a number, which may end in a unit: K, M, G or T, each 1024 of the one before.</summary>
    /// <exception cref="NixFormatException">Its value is none.</exception>
    public long GetNumber(string name, long defaults)
    {
        if (GetText(name) is not { } value)
        {
            return defaults;
        }

        var shift = value.Length == 0 ? 0 : 10 * ("KMGT".IndexOf(char.ToUpperInvariant(value[^1]), StringComparison.Ordinal) + 1);
        return long.TryParse(shift == 0 ? value : value[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= long.MaxValue >> shift
                ? number << shift
                : throw Invalid(name, value, "a number");
    }

    /// <summary>The settings as a <c>nix.conf</c> that reads back to the same.</summary>
    public override string ToString() => string.Concat(_settings.Select(static pair =>
        (pair.Value.Value is { } value ? $"{pair.Key} = {value}\n" : "") + (pair.Value.Extra is { } extra ? $"extra-{pair.Key} = {extra}\n" : "")));

    private static string[] Words(string text) => text.Split([' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    private static NixFormatException Invalid(string name, string value, string expected) => new(
        NixErrorCodes.InvalidNixConfiguration,
        $"The setting '{name}' of Nix is '{value}', and should be {expected}. Correct it in nix.conf or NIX_CONFIG.");

    private readonly record struct Setting(string? Value, string? Extra);
}
