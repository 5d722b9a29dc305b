namespace NixSharp.GitOps.Repositories;

/// <summary>What became of a repository, by paths in it.</summary>
/// <param name="Written">The files that were written.</param>
/// <param name="Kept">The files that were there already, and left alone.</param>
/// <param name="Project">The project that the flake has a package of; null where there is none, or more than one that could be meant.</param>
public sealed record RepositoryResult(IReadOnlyList<string> Written, IReadOnlyList<string> Kept, string? Project);
