namespace NixSharp.Benchmarks;

/// <summary>What one run took.</summary>
/// <param name="Seconds">Wall time.</param>
/// <param name="PeakBytes">The largest resident set of any single process of the run; null where it was no process of its own.</param>
internal readonly record struct Sample(double Seconds, long? PeakBytes);
