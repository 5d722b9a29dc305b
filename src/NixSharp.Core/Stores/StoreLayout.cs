using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Where a local store keeps what, in Nix's own layout.</summary>
/// <param name="Root">The folder of a chroot store; null for the store of the machine itself.</param>
/// <param name="Directory">The logical store directory.</param>
public sealed record StoreLayout(string? Root, StoreDirectory Directory)
{
    /// <summary>Where the store objects' files are, if not in their place below the root: <c>real=</c> in a URI.</summary>
    public string? RealFolder { get; init; }

    /// <summary>Where the store keeps its state, if not in its place below the root: <c>state=</c> in a URI.</summary>
    public string? StateFolder { get; init; }

    /// <summary>Where the store objects' files are: in a chroot store always <c>ROOT/nix/store</c>, whatever the logical store directory is.</summary>
    public string RealStore => RealFolder ?? (Root is null ? Directory.Path : InRoot("/nix/store"));

    /// <summary>Where the store keeps its state: <c>nix/var/nix</c>.</summary>
    public string State => StateFolder ?? InRoot("/nix/var/nix");

    /// <summary>Where the store's database is.</summary>
    public string Database => Path.Combine(State, "db");

    /// <summary>Where the logs of builds are.</summary>
    public string Logs => InRoot("/nix/var/log/nix");

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

    /// <summary>The reference that opens the store with this layout.</summary>
    public StoreReference ToReference()
    {
        (string Name, string? Value)[] parameters =
        [
            ("root", Root),
            ("real", RealFolder),
            ("state", StateFolder),
            ("store", Directory == StoreDirectory.Default ? null : Directory.Path),
        ];
        return new StoreReference(StoreKind.Local)
        {
            Parameters = parameters.Where(static parameter => parameter.Value is not null).ToDictionary(static parameter => parameter.Name, static parameter => parameter.Value!),
        };
    }

    private string InRoot(string absolute) =>
        Root is null ? absolute : Path.Combine(Root, absolute[1..].Replace('/', Path.DirectorySeparatorChar));
}
