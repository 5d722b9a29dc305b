namespace NixSharp.Registries;

/// <summary>What a logout did.</summary>
/// <param name="Erased">Whether there were credentials that are forgotten now.</param>
/// <param name="Left">A file or helper that still has credentials for the registry; null where there is none.</param>
public readonly record struct LogoutResult(bool Erased, string? Left);
