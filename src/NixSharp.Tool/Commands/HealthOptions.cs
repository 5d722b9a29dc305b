using System.CommandLine;
using NixSharp.Images;

namespace NixSharp.Tool.Commands;

/// <summary>The options that say how a container runtime finds out whether a container is well.</summary>
internal sealed class HealthOptions
{
    private readonly Option<string?> _command = new("--health-cmd") { Description = "A line for the container's /bin/sh that succeeds where all is well; 'none' takes the base image's away.", HelpName = "LINE" };
    private readonly Option<double?> _interval = Seconds("--health-interval", "The time from one check to the next, in seconds.");
    private readonly Option<double?> _timeout = Seconds("--health-timeout", "How long a check may take, in seconds.");
    private readonly Option<double?> _startPeriod = Seconds("--health-start-period", "How long a container may take to start, in seconds.");
    private readonly Option<int?> _retries = new("--health-retries") { Description = "How many failures in a row make a container unhealthy.", HelpName = "N" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_command, _interval, _timeout, _startPeriod, _retries])
        {
            command.Add(option);
        }
    }

    public HealthCheck? Read(ParseResult parsed) => parsed.GetValue(_command) switch
    {
        null => null,
        "none" => HealthCheck.None,
        var line => HealthCheck.RunInShell(line) with
        {
            Interval = Span(parsed.GetValue(_interval)),
            Timeout = Span(parsed.GetValue(_timeout)),
            StartPeriod = Span(parsed.GetValue(_startPeriod)),
            Retries = parsed.GetValue(_retries),
        },
    };

    private static Option<double?> Seconds(string name, string description) => new(name) { Description = description, HelpName = "SECONDS" };

    private static TimeSpan? Span(double? seconds) => seconds is { } number ? TimeSpan.FromSeconds(Math.Clamp(number, 0, 1e9)) : null;
}
