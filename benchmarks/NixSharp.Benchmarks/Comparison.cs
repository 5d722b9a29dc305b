namespace NixSharp.Benchmarks;

/// <summary>The same work done by NixSharp and by its peers, in turn.</summary>
/// <param name="Name">The work, as the table calls it.</param>
/// <param name="Requires">The programs that it needs.</param>
/// <param name="Ours">NixSharp's way.</param>
/// <param name="Peers">The others', and NixSharp's other ways.</param>
internal sealed record Comparison(string Name, IReadOnlyList<string> Requires, Contender Ours, IReadOnlyList<Contender> Peers)
{
    /// <summary>The shell script that runs in the end, to take away what the last round leaves.</summary>
    public string Finish { get; init; } = ":";
}
