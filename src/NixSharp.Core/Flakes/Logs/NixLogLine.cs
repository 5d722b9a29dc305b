using System.Diagnostics.CodeAnalysis;

namespace NixSharp.Flakes.Logs;

/// <summary>
/// A line of what Nix prints with <c>--log-format internal-json</c>: <c>@nix {"action": ...}</c>. Newer releases have
/// activities and results that nobody here knows; they are read as well.
/// </summary>
public abstract record NixLogLine
{
    private NixLogLine()
    {
    }

    /// <summary>A message for the user.</summary>
    /// <param name="Level">How important it is.</param>
    /// <param name="Text">The message, which may hold colours and quote the source.</param>
    public sealed record Message(NixLogLevel Level, string Text) : NixLogLine
    {
        /// <summary>The message alone, without place, source and trace; null where Nix gives the text only.</summary>
        public string? Bare { get; init; }

        /// <summary>Where in an expression it arose.</summary>
        public NixPosition? Position { get; init; }

        /// <summary>How evaluation came there, with <c>--show-trace</c>.</summary>
        public IReadOnlyList<NixTraceEntry> Trace { get; init; } = [];
    }

    /// <summary>An activity begins.</summary>
    /// <param name="Id">What later lines call it.</param>
    /// <param name="Level">How important it is.</param>
    /// <param name="Type">What it is.</param>
    /// <param name="Text">What it is, for the user.</param>
    /// <param name="Fields">Texts and numbers, by the type's own rules; a build's first one is its derivation.</param>
    /// <param name="Parent">The activity that it is a part of; 0 for none.</param>
    public sealed record Start(ulong Id, NixLogLevel Level, NixActivityType Type, string Text, IReadOnlyList<object> Fields, ulong Parent) : NixLogLine;

    /// <summary>An activity is over.</summary>
    /// <param name="Id">Which one.</param>
    public sealed record Stop(ulong Id) : NixLogLine;

    /// <summary>Something came of an activity.</summary>
    /// <param name="Id">Which one.</param>
    /// <param name="Type">What it is.</param>
    /// <param name="Fields">Texts and numbers, by the type's own rules.</param>
    public sealed record Result(ulong Id, NixResultType Type, IReadOnlyList<object> Fields) : NixLogLine;

    /// <summary>Reads a line; false where it is none of these, such as one that something else printed.</summary>
    public static bool TryParse(string? line, [NotNullWhen(true)] out NixLogLine? parsed) => NixLogLineReader.TryRead(line, out parsed);
}
