namespace NixSharp.GitOps.Repositories;

/// <summary>A service that builds a repository.</summary>
public enum CiService
{
    /// <summary>None.</summary>
    None,

    /// <summary>GitHub Actions.</summary>
    GitHub,

    /// <summary>GitLab CI.</summary>
    GitLab,
}
