namespace NixSharp.Flakes.References;

/// <summary>How the source of a flake is fetched.</summary>
public enum FlakeReferenceType
{
    /// <summary>A name that the registry knows: <c>nixpkgs</c>, <c>flake:nixpkgs</c>.</summary>
    Indirect,

    /// <summary>A folder: <c>path:/src/app</c>.</summary>
    Path,

    /// <summary>A Git repository: <c>git+https://example.org/app.git</c>.</summary>
    Git,

    /// <summary>A Mercurial repository: <c>hg+https://example.org/app</c>.</summary>
    Mercurial,

    /// <summary>A repository on GitHub: <c>github:NixOS/nixpkgs</c>.</summary>
    GitHub,

    /// <summary>A repository on a GitLab: <c>gitlab:group/project</c>.</summary>
    GitLab,

    /// <summary>A repository on SourceHut: <c>sourcehut:~user/repository</c>.</summary>
    SourceHut,

    /// <summary>An archive: <c>https://example.org/app.tar.gz</c>.</summary>
    Tarball,

    /// <summary>A single file: <c>file+https://example.org/data.json</c>.</summary>
    File,
}
