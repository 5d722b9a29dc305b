using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Stores.Caches;

/// <summary>
/// The folder that a cache lies in. Below it no symlink is followed and nothing but plain files is opened, so that who
/// can write there cannot have files elsewhere read or written.
/// </summary>
internal abstract class CacheFolder(string root) : IDisposable
{
    /// <summary>The folder for files that have no name yet; what is left of killed processes is deleted after a while.</summary>
    protected const string Staging = ".tmp";

    private static readonly TimeSpan LongEnough = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private volatile bool _isReady;

    /// <summary>The folder.</summary>
    public string Root { get; } = root;

    public static CacheFolder At(string root) => LibC.IsAvailable ? new LinuxCacheFolder(root) : new ManagedCacheFolder(root);

    /// <summary>Opens a file to read it; null where there is none.</summary>
    public abstract FileStream? Open(string name);

    /// <summary>The size of a plain file in bytes; null where there is none.</summary>
    public abstract long? SizeOf(string name);

    /// <summary>Makes an empty file to write to, which <see cref="Place"/> or <see cref="Discard"/> then ends.</summary>
    public (string Name, FileStream Stream) Stage()
    {
        Prepare();
        var name = Guid.NewGuid().ToString("N");
        return (name, Create(name));
    }

    /// <summary>Gives a staged file its name, in place of what has it.</summary>
    public abstract void Place(string staged, string name);

    /// <summary>Deletes a staged file.</summary>
    public abstract void Discard(string staged);

    /// <summary>The names of the files in the folder itself that end so.</summary>
    public IEnumerable<string> List(string ending) => Directory.Exists(Root)
        ? Directory.EnumerateFiles(Root, "*" + ending).Select(static file => Path.GetFileName(file))
        : [];

    /// <summary>Waits until everything has reached the disk.</summary>
    public void Sync() => FileTree.Sync(Path.Combine(Root, Staging));

    public abstract void Dispose();

    protected abstract FileStream Create(string staged);

    protected static (string Folder, string Name) Split(string name) => name.LastIndexOf('/') is >= 0 and var slash
        ? (name[..slash], name[(slash + 1)..])
        : ("", name);

    protected NixStoreException NotPlain(string name) =>
        CacheFileName.Refused(name, Root, "it is a symlink or lies behind one, or is something else than a plain file");

    private void Prepare()
    {
        if (_isReady)
        {
            return;
        }

        lock (_gate)
        {
            if (_isReady)
            {
                return;
            }

            try
            {
                Directory.CreateDirectory(Path.Combine(Root, "nar"));
                foreach (var left in Directory.CreateDirectory(Path.Combine(Root, Staging)).EnumerateFiles())
                {
                    if (DateTime.UtcNow - left.LastWriteTimeUtc > LongEnough)
                    {
                        left.Delete();
                    }
                }
            }
            catch (Exception error) when (FileErrors.IsFromSystem(error))
            {
                throw new NixStoreException(
                    NixErrorCodes.StoreUnavailable,
                    $"The binary cache in {Root} cannot be written: {FileErrors.Explain(error)} Choose another folder, or correct its owner and mode.",
                    error);
            }

            _isReady = true;
        }
    }
}
