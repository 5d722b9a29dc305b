using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace NixSharp.Flakes.Expressions;

/// <summary>Expressions on one line.</summary>
internal static class NixFlat
{
    // A list of more is easier to read, and to compare with an older one, an item a line.
    private const int MaxItems = 8;

    /// <summary>Writes what is readable on one line of a width; false where that is not.</summary>
    public static bool TryWrite(NixExpression expression, int width, [NotNullWhen(true)] out string? text)
    {
        text = width > 0 ? Write(expression, NixBinding.Open, width) : null;
        if (text?.Length > width)
        {
            text = null;
        }

        return text is not null;
    }

    /// <summary>What has one form only.</summary>
    public static string WriteAtom(NixExpression expression) => expression switch
    {
        NixNumber number => number.Write(),
        NixVariable variable => variable.Name,
        NixPath path => path.Write(),
        NixString { Text: { } text } => NixStrings.Quote(text),
        _ => throw NixNames.Invalid($"{expression.GetType().Name} is not known"),
    };

    /// <summary>A string with expressions in it.</summary>
    public static string WriteParts(NixString expression, Func<NixExpression, string> write)
    {
        var text = new StringBuilder("\"");
        for (var i = 0; i < expression.Parts.Count; i++)
        {
            // Neighbouring texts are one: a dollar sign may end the first and a brace begin the second.
            if (expression.Parts[i] is NixString { Text: { } literal })
            {
                while (i + 1 < expression.Parts.Count && expression.Parts[i + 1] is NixString { Text: { } next })
                {
                    literal += next;
                    i++;
                }

                text.Append(NixStrings.Escape(literal, isBeforeExpression: i + 1 < expression.Parts.Count));
            }
            else
            {
                text.Append("${").Append(write(expression.Parts[i])).Append('}');
            }
        }

        return text.Append('"').ToString();
    }

    private static string? Write(NixExpression expression, NixBinding loosest, int width)
    {
        if (width <= 0)
        {
            return null;
        }

        var text = expression switch
        {
            NixString { Text: { } content } when NixStrings.FitsLines(content) => null,
            NixString { Text: null } interpolated => WriteInterpolated(interpolated, width),
            NixSet { Members: [] } set => set.IsRecursive ? "rec { }" : "{ }",
            NixSet { IsRecursive: false, Members: [NixAttribute { Comment: null } only] } when only.Value is not (NixSet { Members.Count: > 0 } or NixFunction) && Write(only.Value, NixBinding.Open, width) is { } value && WritePath(only.Path, width) is { } path => $"{{ {path} = {value}; }}",
            NixSet { IsRecursive: false, Members: [NixInherit { Comment: null, From: null } only] } => $"{{ inherit{string.Concat(only.Names.Select(static name => " " + NixNames.WriteAttribute(name)))}; }}",
            NixSet or NixLet or NixIf => null,
            NixList { Items: [] } => "[ ]",
            NixList list => list.Items.Count <= MaxItems && WriteAll(list.Items, " ", NixBinding.Selection, width) is { } items ? $"[ {items} ]" : null,
            NixSelection selection => WriteSelection(selection, width),
            NixCall call => WriteAll([call.Function, .. call.Arguments], " ", NixBinding.Selection, width),
            NixFunction { Parameters: null } function => Write(function.Body, NixBinding.Open, width) is { } body ? $"{function.Name}: {body}" : null,
            NixFunction => null,
            NixWith with => Write(with.Set, NixBinding.Open, width) is { } set && Write(with.Body, NixBinding.Open, width) is { } body ? $"with {set}; {body}" : null,
            NixOperation operation => WriteAll([operation.Left, operation.Right], $" {operation.Operator} ", NixBinding.Call, width),
            _ => WriteAtom(expression),
        };
        return text is null || text.Length > width ? null : expression.Binding > loosest ? $"({text})" : text;
    }

    private static string? WriteAll(IReadOnlyList<NixExpression> expressions, string separator, NixBinding loosest, int width)
    {
        var written = new List<string>();
        foreach (var expression in expressions)
        {
            if (Write(expression, loosest, width) is not { } text)
            {
                return null;
            }

            width -= text.Length + separator.Length;
            written.Add(text);
        }

        return string.Join(separator, written);
    }

    private static string? WriteInterpolated(NixString expression, int width)
    {
        var isFlat = true;
        var text = WriteParts(expression, part =>
        {
            var inner = Write(part, NixBinding.Open, width);
            isFlat &= inner is not null;
            return inner ?? "";
        });
        return isFlat ? text : null;
    }

    private static string? WritePath(IReadOnlyList<NixExpression> path, int width)
    {
        var names = path.Select(name => name is NixString { Text: { } text } ? NixNames.WriteAttribute(text) : Write(name, NixBinding.Open, width) is { } computed ? $"${{{computed}}}" : null).ToList();
        return names.Contains(null) ? null : string.Join('.', names);
    }

    private static string? WriteSelection(NixSelection selection, int width)
    {
        if (Write(selection.Set, NixBinding.Atom, width) is not { } set || WritePath(selection.Path, width) is not { } path)
        {
            return null;
        }

        return selection.Default is null
            ? $"{set}.{path}"
            : Write(selection.Default, NixBinding.Atom, width) is { } other ? $"{set}.{path} or {other}" : null;
    }
}
