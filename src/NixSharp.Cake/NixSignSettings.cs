namespace NixSharp.Cake;

/// <summary>How store paths are signed. One of <see cref="KeyFile"/> and <see cref="KeyVariable"/> has to be set.</summary>
public sealed record NixSignSettings : NixSettings
{
    /// <summary>The file of the secret key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The name of the environment variable with the secret key.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>Whether all that the paths need is signed too.</summary>
    public bool Closure { get; init; }
}
