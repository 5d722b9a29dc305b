namespace NixSharp.Images;

/// <summary>How a container runtime finds out whether a container is well. An extension of Docker's, which Podman knows too.</summary>
public sealed record HealthCheck
{
    private HealthCheck(IReadOnlyList<string> test)
    {
        Test = test;
    }

    /// <summary>No check, also where the base image has one.</summary>
    public static HealthCheck None { get; } = new(["NONE"]);

    /// <summary>The check as configurations have it: <c>NONE</c>, <c>CMD</c> and arguments, or <c>CMD-SHELL</c> and a line.</summary>
    public IReadOnlyList<string> Test { get; }

    /// <summary>The time from one check to the next; the runtime's own where null.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long a check may take; the runtime's own where null.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long a container may take to start before failures count; the runtime's own where null.</summary>
    public TimeSpan? StartPeriod { get; init; }

    /// <summary>How many failures in a row make a container unhealthy; the runtime's own where null.</summary>
    public int? Retries { get; init; }

    /// <summary>Runs a program in the container, which exits with 0 where all is well and with 1 where it is not.</summary>
    public static HealthCheck Run(params IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentOutOfRangeException.ThrowIfZero(arguments.Count, nameof(arguments));
        return new(["CMD", .. arguments]);
    }

    /// <summary>Runs a line by the container's <c>/bin/sh</c>, which has to be there.</summary>
    public static HealthCheck RunInShell(string line)
    {
        ArgumentException.ThrowIfNullOrEmpty(line);
        return new(["CMD-SHELL", line]);
    }
}
