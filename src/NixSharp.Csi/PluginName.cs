using System.Text.RegularExpressions;

namespace NixSharp.Csi;

/// <summary>The rules for the names of CSI drivers.</summary>
internal static partial class PluginName
{
    /// <summary>Refuses what cannot be the name of a driver.</summary>
    /// <exception cref="NixConfigurationException">It has characters that are not allowed, or too many.</exception>
    public static string Check(string name) => Allowed().IsMatch(name)
        ? name
        : throw new NixConfigurationException(
            NixErrorCodes.InvalidSetting,
            $"'{name}' cannot be the driver's name: that has 2 to 63 letters, digits, dashes and dots of ASCII, and begins and ends with a letter. Use nix.csi.store, for example.");

    [GeneratedRegex(@"^[a-zA-Z][A-Za-z0-9.-]{0,61}[a-zA-Z]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Allowed();
}
