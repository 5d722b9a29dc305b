using System.Text.RegularExpressions;

namespace NixSharp.Flakes.Expressions;

/// <summary>The names of the language.</summary>
internal static partial class NixNames
{
    private static readonly string[] Keywords = ["if", "then", "else", "assert", "with", "let", "in", "rec", "inherit", "or"];

    public static bool IsPlain(string name) => Identifier().IsMatch(name) && !Keywords.Contains(name);

    /// <summary>The name of an attribute, in quotes where it has to be.</summary>
    public static string WriteAttribute(string name) => IsPlain(name) ? name : NixStrings.Quote(name);

    public static string CheckVariable(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsPlain(name)
            ? name
            : throw Invalid($"'{name}' is no name in Nix. Use letters, digits, _, - and ', beginning with a letter or _, and none of the language's own words");
    }

    public static FlakeException Invalid(string why) => new(NixErrorCodes.InvalidNixExpression, $"A value cannot be written in Nix: {why}.");

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_'-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}
