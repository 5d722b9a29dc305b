using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Where a local store keeps what, in Nix's own layout.</summary>
/// <param name="Root">The folder of a chroot store; null for the store of the machine itself.</param>
/// <param name="Directory">The logical store directory.</param>
public sealed record StoreLayout(string? Root, StoreDirectory Directory)
{
    /// <summary>Where the store objects' files are.</summary>
    public string RealStore => InRoot(Directory.Path);

    /// <summary>Where the store keeps its state: <c>nix/var/nix</c>.</summary>
    public string State => InRoot("/nix/var/nix");

    /// <summary>Where the store's database is.</summary>
    public string Database => Path.Combine(State, "db");

    /// <summary>Where symlinks make their targets GC roots.</summary>
    public string GcRoots => Path.Combine(State, "gcroots");

    /// <summary>Where profiles are, which are GC roots too.</summary>
    public string Profiles => Path.Combine(State, "profiles");

    /// <summary>Where running processes say what they are about to use.</summary>
    public string TemporaryRoots => Path.Combine(State, "temproots");

    /// <summary>Held, shared, while a temporary root is added; exclusively, while garbage is collected.</summary>
    public string GcLock => Path.Combine(State, "gc.lock");

    /// <summary>Where the files of <paramref name="path"/> are.</summary>
    public string RealPathOf(StorePath path) => Path.Combine(RealStore, path.BaseName);

    private string InRoot(string absolute) =>
        Root is null ? absolute : Path.Combine(Root, absolute[1..].Replace('/', Path.DirectorySeparatorChar));
}
