using NixSharp.Files;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores.Database;

namespace NixSharp.Stores;

/// <summary>
/// A store of files and an SQLite database on this machine, in Nix's own layout: a Nix that opens the same folder
/// finds everything, and the other way round. Needs no Nix, no daemon and, as a chroot store, no root.
/// </summary>
public sealed partial class LocalStore : IFileSystemStore, IPathLister, IClosureReader, IReferrerReader, IRealisationStore, ISignatureStore, IStoreRoots, IGarbageCollector, IStoreOptimiser, IStoreVerifier
{
    private readonly StoreDatabase _database;
    private readonly FileLock? _bigLock;
    private readonly StoreOptions _options;

    private LocalStore(StoreLayout layout, StoreOptions options, StoreDatabase database, FileLock? bigLock)
    {
        Layout = layout;
        _options = options;
        _database = database;
        _bigLock = bigLock;
    }

    /// <summary>Where the store keeps what.</summary>
    public StoreLayout Layout { get; }

    /// <inheritdoc/>
    public StoreDirectory StoreDirectory => Layout.Directory;

    /// <inheritdoc/>
    public string Uri => (Layout.ToReference() is var place && _options.Parameters.Count > 0
        ? place with { Parameters = place.Parameters.UnionBy(_options.Parameters, static parameter => parameter.Key).ToDictionary() }
        : place).ToShorthand();

    /// <summary>Whether this user may only read the store.</summary>
    public bool IsReadOnly => _database.IsReadOnly;

    /// <summary>Opens the chroot store in the folder <paramref name="root"/>, or the machine's own store; makes it where there is none.</summary>
    /// <exception cref="NixStoreException">There can be no store at that place.</exception>
    public static LocalStore Open(string? root, StoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= StoreOptions.Default;
        return Open(new StoreLayout(root is null ? null : Path.GetFullPath(root), options.StoreDirectory), options, cancellationToken);
    }

    /// <summary>Opens the store that <paramref name="reference"/> names, which is of kind <see cref="StoreKind.Local"/>.</summary>
    internal static LocalStore Open(StoreReference reference, StoreOptions? options, CancellationToken cancellationToken)
    {
        options ??= StoreOptions.Default;
        var layout = new StoreLayout(reference.Root, reference.StoreDirectory ?? options.StoreDirectory)
        {
            RealFolder = reference.RealFolder,
            StateFolder = reference.StateFolder,
        };
        return Open(
            layout,
            options with
            {
                StoreDirectory = layout.Directory,
                Parameters = reference.Parameters,
                RequireSignatures = reference.GetParameter("require-sigs") is null ? options.RequireSignatures : reference.GetBoolean("require-sigs"),
                TrustedKeys = reference.GetParameter("trusted-public-keys") is { } keys ? TrustedKeys.Parse(keys) : options.TrustedKeys,
            },
            cancellationToken);
    }

    private static LocalStore Open(StoreLayout layout, StoreOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return Directory.Exists(layout.Database) && !FileTree.CanWriteIn(layout.Database)
                ? new LocalStore(layout, options, StoreDatabase.OpenReadOnly(layout.Database, layout.Directory), null)
                : OpenWritable(layout, options, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new NixStoreException(
                NixErrorCodes.StoreUnavailable,
                $"There can be no store in {layout.Root ?? "/"}: {(File.Exists(layout.Root) ? "it is a file." : FileErrors.Explain(error))} Choose another folder, or correct its owner and mode.",
                error);
        }
    }

    /// <summary>The root of the store that <c>auto</c> means; null for the machine's own.</summary>
    public static string? ChooseRoot()
    {
        if (!OperatingSystem.IsWindows() && FileTree.CanWriteIn("/nix/var/nix"))
        {
            return null;
        }

        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(string.IsNullOrEmpty(data) ? Path.Combine(home, ".local", "share") : data, "nix", "root");
    }

    /// <inheritdoc/>
    public string GetRealPath(StorePath path) => Layout.RealPathOf(path);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        try
        {
            lock (_rootsGate)
            {
                _temporaryRoots?.Dispose();
                _temporaryRoots = null;
            }
        }
        finally
        {
            _database.Dispose();
            _bigLock?.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static LocalStore OpenWritable(StoreLayout layout, StoreOptions options, CancellationToken cancellationToken)
    {
        foreach (var folder in (string[])[layout.RealStore, Path.Combine(layout.RealStore, ".links"), layout.Database, layout.TemporaryRoots, layout.GcRoots, layout.Profiles])
        {
            Directory.CreateDirectory(folder);
        }

        var profilesRoot = Path.Combine(layout.GcRoots, "profiles");
        if (!OperatingSystem.IsWindows() && new FileInfo(profilesRoot).LinkTarget is null)
        {
            TryLink(profilesRoot, layout.Profiles);
        }

        // Nix takes this lock exclusively while it changes the schema.
        var bigLock = FileLock.AcquireAsync(Path.Combine(layout.Database, "big-lock"), FileLockMode.Shared, cancellationToken: cancellationToken).GetAwaiter().GetResult();
        try
        {
            return new LocalStore(layout, options, StoreDatabase.OpenOrCreate(layout.Database, layout.Directory), bigLock);
        }
        catch
        {
            bigLock.Dispose();
            throw;
        }
    }

    private static void TryLink(string link, string target)
    {
        try
        {
            File.CreateSymbolicLink(link, target);
        }
        catch (IOException) when (new FileInfo(link).LinkTarget is not null)
        {
            // Another process that opened the store at the same time was first.
        }
    }
}
