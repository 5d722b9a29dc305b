namespace NixSharp.Testing;

/// <summary>How a program ended, and what it printed.</summary>
public sealed record CommandLineResult(int ExitCode, string Output, string Error);
