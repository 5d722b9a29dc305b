namespace NixSharp.Flakes;

/// <summary>How something is built.</summary>
public sealed record NixBuildOptions
{
    /// <summary>A symlink to make to the result, which becomes a GC root; further outputs get <c>-NAME</c>. Null makes none.</summary>
    public string? OutLink { get; init; }

    /// <summary>Goes on with what can be built after a failure.</summary>
    public bool KeepGoing { get; init; }

    /// <summary>Builds again and compares, where the outputs are there already.</summary>
    public bool Rebuild { get; init; }
}
