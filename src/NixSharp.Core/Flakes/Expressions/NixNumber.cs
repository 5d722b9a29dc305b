using System.Globalization;

namespace NixSharp.Flakes.Expressions;

/// <summary>A number.</summary>
public sealed record NixNumber : NixExpression
{
    private readonly bool _isWhole;
    private readonly long _whole;
    private readonly double _fraction;

    /// <summary>A whole number.</summary>
    public NixNumber(long number) => (_whole, _isWhole) = (number, true);

    /// <summary>A floating-point number.</summary>
    /// <exception cref="FlakeException">It is not finite.</exception>
    public NixNumber(double number) => _fraction = double.IsFinite(number) ? number : throw NixNames.Invalid($"{number} is not finite, and Nix has no such number");

    internal override NixBinding Binding => _whole < 0 || _fraction < 0 || double.IsNegative(_fraction) ? NixBinding.Operation : NixBinding.Atom;

    internal string Write() => _isWhole ? WriteWhole() : WriteFraction();

    // Nix reads the minus sign apart from the digits, and the digits of the smallest number are too large.
    private string WriteWhole() => _whole == long.MinValue ? "-9223372036854775807 - 1" : _whole.ToString(CultureInfo.InvariantCulture);

    private string WriteFraction()
    {
        var text = _fraction.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        var exponent = text.IndexOf('e', StringComparison.Ordinal);
        var digits = exponent < 0 ? text : text[..exponent];
        return $"{digits}{(digits.Contains('.', StringComparison.Ordinal) ? "" : ".0")}{(exponent < 0 ? "" : text[exponent..])}";
    }
}
