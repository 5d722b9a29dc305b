using System.Globalization;

namespace NixSharp.Flakes.References;

/// <summary>The value of an attribute of a flake reference: text, a number, or true or false.</summary>
public readonly record struct FlakeValue
{
    private readonly object? _value;

    private FlakeValue(object value) => _value = value;

    /// <summary>The text; null where the value is none.</summary>
    public string? Text => _value as string;

    /// <summary>The number, which is not negative; null where the value is none.</summary>
    public long? Number => _value as long?;

    /// <summary>True or false; null where the value is neither.</summary>
    public bool? Flag => _value as bool?;

    /// <summary>A text.</summary>
    public static implicit operator FlakeValue(string text) => From(text);

    /// <summary>A number.</summary>
    public static implicit operator FlakeValue(long number) => From(number);

    /// <summary>True or false.</summary>
    public static implicit operator FlakeValue(bool flag) => From(flag);

    /// <summary>A text.</summary>
    public static FlakeValue From(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new FlakeValue(text);
    }

    /// <summary>A number.</summary>
    public static FlakeValue From(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        return new FlakeValue(number);
    }

    /// <summary>True or false.</summary>
    public static FlakeValue From(bool flag) => new(flag);

    /// <summary>The value as text; true and false are 1 and 0, as in URLs.</summary>
    public override string ToString() => _value switch
    {
        bool flag => flag ? "1" : "0",
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => Text ?? "",
    };
}
