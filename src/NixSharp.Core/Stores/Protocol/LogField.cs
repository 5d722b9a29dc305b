namespace NixSharp.Stores.Protocol;

/// <summary>A value that goes with an activity: a number, or text.</summary>
internal readonly record struct LogField(ulong Number, string? Text)
{
    private const ulong NumberKind = 0;
    private const ulong TextKind = 1;

    public static implicit operator LogField(ulong number) => new(number, null);

    public static implicit operator LogField(string text) => new(0, text);

    public static void WriteAll(WireWriter writer, IReadOnlyCollection<LogField> fields) => writer.WriteList(
        fields,
        field =>
        {
            if (field.Text is { } text)
            {
                writer.WriteNumber(TextKind);
                writer.WriteString(text);
            }
            else
            {
                writer.WriteNumber(NumberKind);
                writer.WriteNumber(field.Number);
            }
        });

    public static async ValueTask<IReadOnlyList<LogField>> ReadAllAsync(WireReader reader, CancellationToken cancellationToken) =>
        await reader.ReadListAsync(
            async cancellation => await reader.ReadNumberAsync(cancellation).ConfigureAwait(false) switch
            {
                NumberKind => await reader.ReadNumberAsync(cancellation).ConfigureAwait(false),
                TextKind => (LogField)await reader.ReadTextAsync(cancellation).ConfigureAwait(false),
                var kind => throw reader.Invalid($"{kind} is no kind of value"),
            },
            cancellationToken).ConfigureAwait(false);
}
