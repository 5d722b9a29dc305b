namespace NixSharp.Flakes.Logs;

/// <summary>A step on the way to where evaluation failed.</summary>
/// <param name="Text">What was being done.</param>
/// <param name="Position">Where.</param>
public sealed record NixTraceEntry(string Text, NixPosition? Position);
