using System.Text;

namespace NixSharp.Flakes.Expressions;

/// <summary>Lays expressions out: on one line where that is readable, else a member or item a line.</summary>
internal static class NixFormatter
{
    private const int Width = 100;
    private const int MaxDepth = 200;
    private const string Step = "  ";

    public static string Format(NixExpression expression) => Write(expression, "", NixBinding.Open, 0);

    /// <summary>The names and values of a set or of <c>let</c>, a line each.</summary>
    public static string WriteMembers(IReadOnlyList<NixMember> members, string indent, int depth)
    {
        var text = new StringBuilder();
        foreach (var member in members)
        {
            foreach (var line in member.Comment?.ReplaceLineEndings("\n").Split('\n') ?? [])
            {
                text.Append(indent).Append($"# {line}".TrimEnd()).Append('\n');
            }

            text.Append(indent).Append(WriteMember(member, indent, depth)).Append('\n');
        }

        return text.ToString();
    }

    private static string Write(NixExpression expression, string indent, NixBinding loosest, int depth)
    {
        if (depth > MaxDepth)
        {
            throw NixNames.Invalid($"it is nested deeper than {MaxDepth} levels");
        }

        if (expression.Binding > loosest)
        {
            var inner = Write(expression, indent + Step, NixBinding.Open, depth + 1);
            return inner.Contains('\n', StringComparison.Ordinal) ? $"(\n{indent}{Step}{inner}\n{indent})" : $"({inner})";
        }

        return NixFlat.TryWrite(expression, Width - indent.Length, out var flat) ? flat : WriteBroken(expression, indent, depth + 1);
    }

    private static string WriteBroken(NixExpression expression, string indent, int depth) => expression switch
    {
        NixString { Text: { } text } => NixStrings.FitsLines(text) ? NixStrings.WriteLines(text, indent + Step, indent) : NixStrings.Quote(text),
        NixString interpolated => NixFlat.WriteParts(interpolated, part => Write(part, indent + Step, NixBinding.Open, depth)),
        NixSet { Members.Count: 0 } set => set.IsRecursive ? "rec { }" : "{ }",
        NixSet set => $"{(set.IsRecursive ? "rec " : "")}{{\n{WriteMembers(set.Members, indent + Step, depth)}{indent}}}",
        NixList list => $"[\n{string.Concat(list.Items.Select(item => $"{indent}{Step}{Write(item, indent + Step, NixBinding.Selection, depth)}\n"))}{indent}]",
        NixSelection selection => WriteSelection(selection, indent, depth),
        NixCall call => WriteCall(call, indent, depth),
        NixFunction function => $"{WriteHead(function, indent, depth)}\n{indent}{Write(function.Body, indent, NixBinding.Open, depth)}",
        NixLet let => $"let\n{WriteMembers(let.Members, indent + Step, depth)}{indent}in\n{indent}{Write(let.Body, indent, NixBinding.Open, depth)}",
        NixWith with => $"with {Write(with.Set, indent, NixBinding.Open, depth)};\n{indent}{Write(with.Body, indent, NixBinding.Open, depth)}",
        NixIf choice => $"if {Write(choice.Condition, indent, NixBinding.Open, depth)} then\n{indent}{Step}{Write(choice.Then, indent + Step, NixBinding.Open, depth)}\n{indent}else\n{indent}{Step}{Write(choice.Else, indent + Step, NixBinding.Open, depth)}",
        NixOperation operation => $"{Write(operation.Left, indent, NixBinding.Call, depth)}\n{indent}{operation.Operator} {Write(operation.Right, indent, NixBinding.Call, depth)}",
        _ => NixFlat.WriteAtom(expression),
    };

    private static string WriteMember(NixMember member, string indent, int depth)
    {
        if (member is NixInherit inherit)
        {
            var from = inherit.From is { } set ? $" ({Write(set, indent, NixBinding.Open, depth)})" : "";
            return $"inherit{from}{string.Concat(inherit.Names.Select(static name => " " + NixNames.WriteAttribute(name)))};";
        }

        var attribute = (NixAttribute)member;
        var path = WritePath(attribute.Path, indent, depth);
        if (attribute.Value.Binding == NixBinding.Open)
        {
            // What goes on as far as it can begins on a line of its own, so that its end is seen.
            var open = Write(attribute.Value, indent + Step, NixBinding.Open, depth);
            return open.Contains('\n', StringComparison.Ordinal) || path.Length + open.Length + indent.Length > Width ? $"{path} =\n{indent}{Step}{open};" : $"{path} = {open};";
        }

        return $"{path} = {Write(attribute.Value, indent, NixBinding.Open, depth)};";
    }

    private static string WritePath(IReadOnlyList<NixExpression> path, string indent, int depth) =>
        string.Join('.', path.Select(name => name is NixString { Text: { } text } ? NixNames.WriteAttribute(text) : $"${{{Write(name, indent, NixBinding.Open, depth)}}}"));

    private static string WriteSelection(NixSelection selection, string indent, int depth)
    {
        var text = $"{Write(selection.Set, indent, NixBinding.Atom, depth)}.{WritePath(selection.Path, indent, depth)}";
        return selection.Default is { } other ? $"{text} or {Write(other, indent, NixBinding.Atom, depth)}" : text;
    }

    private static string WriteCall(NixCall call, string indent, int depth)
    {
        // A set or list at the end hangs on the line of its function; other arguments get lines of their own.
        var head = new StringBuilder(Write(call.Function, indent, NixBinding.Selection, depth));
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            var isHanging = call.Arguments[i] is NixSet or NixList || NixFlat.TryWrite(call.Arguments[i], Width - indent.Length - 20, out _);
            head.Append(isHanging ? " " : $"\n{indent}{Step}").Append(Write(call.Arguments[i], isHanging ? indent : indent + Step, NixBinding.Selection, depth));
        }

        return head.ToString();
    }

    private static string WriteHead(NixFunction function, string indent, int depth)
    {
        if (function.Parameters is null)
        {
            return $"{function.Name}:";
        }

        List<string> parameters =
        [
            .. function.Parameters.Select(parameter => parameter.Default is { } value ? $"{parameter.Name} ? {Write(value, indent + Step, NixBinding.Operation, depth)}" : parameter.Name),
            .. function.TakesMore ? ["..."] : (string[])[],
        ];
        var name = function.Name is null ? "" : $"@{function.Name}";
        var line = parameters.Count == 0 ? $"{{ }}{name}:" : $"{{ {string.Join(", ", parameters)} }}{name}:";
        return line.Contains('\n', StringComparison.Ordinal) || line.Length + indent.Length > Width
            ? $"{{\n{string.Concat(parameters.Select((parameter, i) => $"{indent}{Step}{parameter}{(i == parameters.Count - 1 && function.TakesMore ? "" : ",")}\n"))}{indent}}}{name}:"
            : line;
    }
}
