namespace NixSharp.Flakes.Expressions;

/// <summary>A string. Where it has several lines, it is written between two single quotes each.</summary>
public sealed record NixString : NixExpression
{
    /// <summary>A string with expressions in it: a <see cref="NixString"/> stands for its text, all else is put in by <c>${}</c>.</summary>
    public NixString(params IReadOnlyList<NixExpression> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        Parts = parts;
    }

    /// <summary>A string as it is.</summary>
    public NixString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        (Text, Parts) = (text, []);
    }

    /// <summary>The text; null where there are expressions in it.</summary>
    public string? Text { get; }

    /// <summary>The parts; none where it is one text.</summary>
    public IReadOnlyList<NixExpression> Parts { get; }

    internal override NixBinding Binding => NixBinding.Atom;
}
