namespace NixSharp.Benchmarks;

/// <summary>One way to do the work of a <see cref="Comparison"/>: a whole program, from start to exit.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Script">The shell script that is timed.</param>
/// <param name="Prepare">The shell script that runs before each run, untimed.</param>
internal sealed record Contender(string Name, string Script, string Prepare = ":");
