using System.Diagnostics;

namespace NixSharp.Benchmarks;

/// <summary>One way to do the work of a <see cref="Comparison"/>.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="RunAsync">Does the work and times it.</param>
/// <param name="Prepare">The shell script that runs before each run, untimed.</param>
internal sealed record Contender(string Name, Func<Task<Sample>> RunAsync, string Prepare)
{
    /// <summary>A shell script: whole programs, from start to exit.</summary>
    public Contender(string name, string script, string prepare = ":")
        : this(name, () => ScriptTimer.RunAsync(script), prepare)
    {
    }

    /// <summary>A call of the library in a process that is warm, as in a server or a build: what the engine takes without its start.</summary>
    public static Contender InProcess(string name, Func<Task> work, string prepare = ":") => new(
        $"{name}, in process",
        async () =>
        {
            var clock = Stopwatch.StartNew();
            await work();
            return new Sample(clock.Elapsed.TotalSeconds, null);
        },
        prepare);
}
