using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using NixSharp.Files;

namespace NixSharp.Volumes;

/// <summary>
/// The folder that volumes lie in, and the names beside a volume: <c>.NAME.volume-lock</c>, held by whoever makes or
/// deletes the volume, and <c>.NAME.tmp-XXXXXXXX</c>, the volume before it is whole and after it is given up.
/// A lock that nobody holds means that what lies beside it was left by a process that was killed.
/// </summary>
internal sealed class VolumePlace
{
    private const string LockSuffix = ".volume-lock";
    private const string StagingInfix = ".tmp-";
    private const int StagingDigits = 8;
    private const int MaxNameBytes = 200;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private VolumePlace(string path, string parent, string name)
    {
        Path = path;
        Parent = parent;
        Name = name;
    }

    public string Path { get; }

    public string Parent { get; }

    public string Name { get; }

    private string LockPath => System.IO.Path.Combine(Parent, $".{Name}{LockSuffix}");

    public static VolumePlace Of(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid(FileNames.Display(Encoding.UTF8.GetBytes(path)), "it contains a NUL");
        }

        var full = FileTree.ToFullPath(path);
        var name = System.IO.Path.GetFileName(full);
        var parent = System.IO.Path.GetDirectoryName(full);
        if (parent is null || name.Length == 0)
        {
            throw Invalid(full, "it is the root of a file system");
        }

        var length = Encoding.UTF8.GetByteCount(name);
        return length <= MaxNameBytes
            ? new VolumePlace(full, parent, name)
            : throw Invalid(full, $"its last part has {length} bytes, and {MaxNameBytes} are allowed");
    }

    public void MakeParent()
    {
        try
        {
            Directory.CreateDirectory(Parent);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw Invalid(Path, $"{Parent} cannot be made ({error.Message})", error);
        }
    }

    public Task<FileLock> LockAsync(TimeSpan? timeout, CancellationToken cancellationToken) =>
        FileLock.AcquireAsync(LockPath, FileLockMode.Exclusive, timeout, cancellationToken);

    /// <summary>A path beside the volume where nothing is.</summary>
    public string ChooseStaging() =>
        System.IO.Path.Combine(Parent, $".{Name}{StagingInfix}{RandomNumberGenerator.GetHexString(StagingDigits, lowercase: true)}");

    /// <summary>Takes the lock if nobody is in the way; null where somebody is.</summary>
    public FileLock? TryLock() => FileLock.TryAcquire(LockPath, FileLockMode.Exclusive);

    /// <summary>Deletes what killed processes left of this volume, whose lock the caller holds, and of its neighbours.</summary>
    public void DeleteLeftovers(CancellationToken cancellationToken)
    {
        DeleteStagings(Parent, Name, cancellationToken);
        DeleteLeftovers(Parent, Name, cancellationToken);
    }

    /// <summary>Deletes what killed processes left of the volumes in a folder.</summary>
    /// <param name="parent">The folder.</param>
    /// <param name="except">The volume that is not looked at; null to look at all.</param>
    /// <param name="cancellationToken">Stops deleting.</param>
    public static void DeleteLeftovers(string parent, string? except, CancellationToken cancellationToken)
    {
        foreach (var file in Directory.EnumerateFiles(parent, $".*{LockSuffix}"))
        {
            var name = System.IO.Path.GetFileName(file)[1..^LockSuffix.Length];
            if (name != except)
            {
                DeleteLeftoversOf(parent, name, file, cancellationToken);
            }
        }
    }

    private static void DeleteLeftoversOf(string parent, string neighbour, string lockPath, CancellationToken cancellationToken)
    {
        try
        {
            using var abandoned = FileLock.TryAcquire(lockPath, FileLockMode.Exclusive);
            if (abandoned is not null)
            {
                DeleteStagings(parent, neighbour, cancellationToken);
                abandoned.DeleteAndDispose();
            }
        }
        catch (NixFileException error) when (error.Code == NixErrorCodes.StoreWriteFailed)
        {
            // They belong to another user, whose next volume clears them away.
        }
    }

    private static VolumeException Invalid(string path, string why, Exception? error = null) => new(
        NixErrorCodes.InvalidVolumePath,
        $"There can be no volume at '{path}': {why}. Choose another path, such as /srv/volumes/hello.",
        path,
        error);

    private static void DeleteStagings(string parent, string name, CancellationToken cancellationToken)
    {
        var prefix = $".{name}{StagingInfix}";
        foreach (var folder in Directory.EnumerateDirectories(parent))
        {
            var suffix = System.IO.Path.GetFileName(folder);
            if (suffix.StartsWith(prefix, StringComparison.Ordinal) &&
                suffix.Length == prefix.Length + StagingDigits &&
                suffix.AsSpan(prefix.Length).IndexOfAnyExcept(HexDigits) < 0)
            {
                FileTree.Delete(folder, cancellationToken);
            }
        }
    }
}
