namespace NixSharp.Testing;

/// <summary>The Nix programs that tests run.</summary>
public enum NixRelease
{
    /// <summary>Those on the machine: 2.8 on Debian 12.</summary>
    Machine,

    /// <summary>2.26, which <c>tests/second-nix/make.sh</c> puts into a folder of its own.</summary>
    Debian13,
}
