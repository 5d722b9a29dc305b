using NixSharp.StorePaths;

namespace NixSharp.Stores.Copying;

/// <summary>A substituter that could not give what it was asked for.</summary>
/// <param name="Substituter">Its URI.</param>
/// <param name="Path">The path that it could not give; null where it could not be asked at all.</param>
/// <param name="Error">What went wrong.</param>
public sealed record SubstitutionFailure(string Substituter, StorePath? Path, Exception Error)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => Path is { } path ? $"{Substituter} did not give {path}: {Error.Message}" : $"{Substituter} could not be asked: {Error.Message}";
}
