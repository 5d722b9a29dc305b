using System.Globalization;

namespace NixSharp.GitOps.Kubernetes;

/// <summary>A number, or a text that stands for one: a port by its name, a share such as <c>10%</c>.</summary>
public readonly record struct IntOrString
{
    private readonly int _number;
    private readonly string? _text;

    /// <summary>A number.</summary>
    public IntOrString(int number) => _number = number;

    /// <summary>A name or a share.</summary>
    public IntOrString(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        _text = text;
    }

    /// <summary>The number; null where it is a text.</summary>
    public int? Number => _text is null ? _number : null;

    /// <summary>A number.</summary>
    public static implicit operator IntOrString(int number) => new(number);

    /// <summary>A name or a share.</summary>
    public static implicit operator IntOrString(string text) => new(text);

    /// <summary>A number.</summary>
    public static IntOrString FromInt32(int number) => new(number);

    /// <summary>A name or a share.</summary>
    public static IntOrString FromString(string text) => new(text);

    /// <inheritdoc/>
    public override string ToString() => _text ?? _number.ToString(CultureInfo.InvariantCulture);
}
