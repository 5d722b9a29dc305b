using System.Text;

namespace NixSharp.Processes;

/// <summary>A program to run, with all that the run depends on. Immutable: reshape it with <c>with</c>, run it as often as wanted.</summary>
public sealed partial record ProcessCommand
{
    private const string Redacted = "***";

    /// <summary>Describes a run of <paramref name="program"/>.</summary>
    /// <param name="program">A name that is looked up on PATH, or a path.</param>
    /// <param name="arguments">The arguments, each passed as it is: no shell reads them.</param>
    public ProcessCommand(string program, params IReadOnlyList<string> arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        ArgumentNullException.ThrowIfNull(arguments);
        Program = program;
        Arguments = arguments;
    }

    /// <summary>A name that is looked up on PATH, or a path.</summary>
    public string Program { get; }

    /// <summary>The arguments. They are visible to every user of the machine: no secrets here.</summary>
    public IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Where the program runs; null is where this one does.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Environment variables on top of this process's own; null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>What the program reads on standard input, from the stream's position on; null gives it an empty one. Stays open.</summary>
    public Stream? StandardInput { get; init; }

    /// <summary>Texts that are blacked out wherever the command or what it prints on standard error is shown.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Gets each line of standard output as it comes, without colours.</summary>
    public IProgress<string>? OutputLines { get; init; }

    /// <summary>Gets each line of standard error as it comes, without colours and secrets.</summary>
    public IProgress<string>? ErrorLines { get; init; }

    /// <summary>The most bytes of standard output that are kept; a program that prints more is stopped. Default 64 MiB.</summary>
    public int OutputLimit { get; init; } = 64 << 20;

    /// <summary>How long the program and its children may take to end once asked to. Default 10 seconds.</summary>
    public TimeSpan GraceTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How a missing program is installed, to be said after "install it with": <c>apt install skopeo</c>.</summary>
    public string? InstallHint { get; init; }

    /// <summary>The command as it would be typed into a shell, with its secrets blacked out.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(ShellText.QuoteIfNeeded(Program));
        foreach (var argument in Arguments)
        {
            text.Append(' ').Append(ShellText.QuoteIfNeeded(argument));
        }

        return Redact(text.ToString());
    }

    /// <summary>Where lines of standard error are cut that never end, in characters.</summary>
    internal int ErrorLineLimit { get; init; } = LineSplitter.MaxLineLength;

    internal string Redact(string text)
    {
        foreach (var secret in Secrets)
        {
            text = secret.Length == 0 ? text : text.Replace(secret, Redacted, StringComparison.Ordinal);
        }

        return text;
    }
}
