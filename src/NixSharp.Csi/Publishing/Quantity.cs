using System.Globalization;

namespace NixSharp.Csi.Publishing;

/// <summary>Sizes as Kubernetes writes them: <c>2Gi</c>, <c>500M</c>, <c>1000000</c>.</summary>
internal static class Quantity
{
    /// <summary>Reads a number of bytes.</summary>
    /// <exception cref="NixConfigurationException">The text is none, or not above 0.</exception>
    public static long Parse(string text)
    {
        const string Decimal = "kMGTPE";
        const string Binary = "KMGTPE";
        var (number, factor) = (text, 1L);
        if (text.EndsWith('i') && text.Length > 2 && Binary.IndexOf(text[^2], StringComparison.Ordinal) is >= 0 and var binary)
        {
            (number, factor) = (text[..^2], 1L << (10 * (binary + 1)));
        }
        else if (text.Length > 1 && Decimal.IndexOf(text[^1], StringComparison.Ordinal) is >= 0 and var power)
        {
            (number, factor) = (text[..^1], (long)Math.Pow(1000, power + 1));
        }

        return decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value > 0 && value <= long.MaxValue / (decimal)factor
            ? (long)(value * factor)
            : throw new NixConfigurationException(NixErrorCodes.InvalidSetting, $"'{text}' is no size. Write a number of bytes, or one such as 500M or 2Gi.");
    }
}
