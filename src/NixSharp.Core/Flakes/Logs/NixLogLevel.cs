namespace NixSharp.Flakes.Logs;

/// <summary>How important Nix takes a message or an activity to be; by default it shows what is up to <see cref="Info"/>.</summary>
public enum NixLogLevel
{
    /// <summary>Something failed.</summary>
    Error = 0,

    /// <summary>Something is not as it should be.</summary>
    Warning = 1,

    /// <summary>Worth a user's attention.</summary>
    Notice = 2,

    /// <summary>What goes on.</summary>
    Info = 3,

    /// <summary>Details of what goes on.</summary>
    Talkative = 4,

    /// <summary>With <c>-vv</c>.</summary>
    Chatty = 5,

    /// <summary>With <c>-vvv</c>.</summary>
    Debug = 6,

    /// <summary>With <c>-vvvv</c>.</summary>
    Vomit = 7,
}
