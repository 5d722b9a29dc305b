using NixSharp.Processes;

namespace NixSharp.Flakes.Logs;

/// <summary>
/// Takes what <c>nix</c> prints on standard error with <c>--log-format internal-json</c>, and gives out lines for people: its
/// messages, what it begins to do, and what builds print, each with the build's name. What is no log line, such as the output
/// of a program that <c>nix run</c> started, is passed on as it is.
/// </summary>
internal sealed class NixLogTranslator(IProgress<string>? log, NixActivities? activities, IReadOnlyList<string> flakes) : IProgress<string>
{
    private const int TailLines = 50;

    private readonly Dictionary<ulong, string> _builds = [];
    private readonly Queue<string> _tail = new();
    private readonly List<string> _own = [];
    private readonly List<NixDiagnostic> _errors = [];

    /// <summary>The last lines that were given out.</summary>
    public IReadOnlyList<string> Tail => [.. _tail];

    /// <summary>What made Nix fail, without its warnings and what builds print.</summary>
    public IReadOnlyList<string> Complaints => _own;

    /// <summary>The errors, in order.</summary>
    public IReadOnlyList<NixDiagnostic> Errors => _errors;

    public void Report(string value)
    {
        if (!NixLogLine.TryParse(value, out var line))
        {
            Complain(value);
            Write(value);
            return;
        }

        activities?.Add(line);
        switch (line)
        {
            case NixLogLine.Message { Level: <= NixLogLevel.Info } message:
                Take(message);
                break;
            case NixLogLine.Start start:
                Begin(start);
                break;
            case NixLogLine.Stop stop:
                _builds.Remove(stop.Id);
                break;
            case NixLogLine.Result { Type: NixResultType.BuildLogLine or NixResultType.PostBuildLogLine, Fields: [string text] } result:
                Write($"{_builds.GetValueOrDefault(result.Id, "build")}> {TerminalText.Strip(text)}");
                break;
            default:
                break;
        }
    }

    private void Take(NixLogLine.Message message)
    {
        var text = TerminalText.Strip(message.Text);
        if (message.Level <= NixLogLevel.Warning)
        {
            var diagnostic = NixDiagnostic.Of(message, flakes);
            activities?.Add(diagnostic);

            // What builtins.trace prints comes with the level of an error, but without a bare message.
            if (message is { Level: NixLogLevel.Error, Bare: not null })
            {
                _errors.Add(diagnostic);
                Complain(text);
            }
        }

        foreach (var line in text.Split('\n'))
        {
            Write(line.TrimEnd('\r'));
        }
    }

    private void Begin(NixLogLine.Start start)
    {
        if (start is { Type: NixActivityType.Build or NixActivityType.PostBuildHook, Fields: [string derivation, ..] })
        {
            _builds[start.Id] = NixActivity.NameOf(derivation);
        }

        if (start is { Level: <= NixLogLevel.Info, Text.Length: > 0 })
        {
            Write(TerminalText.Strip(start.Text));
        }
    }

    private void Complain(string text)
    {
        if (_own.Count < TailLines)
        {
            _own.Add(text);
        }
    }

    private void Write(string line)
    {
        if (_tail.Count == TailLines)
        {
            _tail.Dequeue();
        }

        _tail.Enqueue(line);
        log?.Report(line);
    }
}
