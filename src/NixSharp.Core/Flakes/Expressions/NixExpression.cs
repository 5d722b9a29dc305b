using System.Globalization;
using Newtonsoft.Json.Linq;

namespace NixSharp.Flakes.Expressions;

/// <summary>
/// An expression of the Nix language, to be written: <see cref="ToString"/> gives readable text, two spaces a level, that Nix
/// reads as the same. Parentheses, quotes and escapes come where they have to be.
/// </summary>
public abstract record NixExpression
{
    private protected NixExpression()
    {
    }

    /// <summary>How tightly the expression holds together when it is written.</summary>
    internal abstract NixBinding Binding { get; }

    /// <summary>A string.</summary>
    public static implicit operator NixExpression(string text) => From(text);

    /// <summary>A whole number.</summary>
    public static implicit operator NixExpression(long number) => From(number);

    /// <summary>A floating-point number.</summary>
    public static implicit operator NixExpression(double number) => From(number);

    /// <summary>True or false.</summary>
    public static implicit operator NixExpression(bool truth) => From(truth);

    /// <summary>A string.</summary>
    public static NixExpression From(string text) => new NixString(text);

    /// <summary>A whole number.</summary>
    public static NixExpression From(long number) => new NixNumber(number);

    /// <summary>A floating-point number.</summary>
    public static NixExpression From(double number) => new NixNumber(number);

    /// <summary>True or false.</summary>
    public static NixExpression From(bool truth) => new NixVariable(truth ? "true" : "false");

    /// <summary>The value that JSON stands for, as <c>builtins.fromJSON</c> reads it.</summary>
    /// <exception cref="FlakeException">A number is too large, or a string cannot be written.</exception>
    public static NixExpression FromJson(JToken? json) => json switch
    {
        null or { Type: JTokenType.Null } => new NixVariable("null"),
        JObject set => new NixSet([.. set.Properties().Select(static property => new NixAttribute(property.Name, FromJson(property.Value)))]),
        JArray list => new NixList([.. list.Select(FromJson)]),
        JValue { Value: bool truth } => From(truth),
        JValue { Value: long number } => From(number),
        JValue { Value: double number } => From(number),
        JValue { Value: string text } => From(text),
        _ => throw NixNames.Invalid(string.Create(CultureInfo.InvariantCulture, $"{json} is nothing that Nix has a value for")),
    };

    /// <summary>The text, without a line break at its end.</summary>
    /// <exception cref="FlakeException">A part cannot be written in Nix.</exception>
    public sealed override string ToString() => NixFormatter.Format(this);
}
