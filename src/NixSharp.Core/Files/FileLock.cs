using System.Diagnostics;
using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>
/// A lock on a file that stands for something else, between processes and within one; the kind that Nix takes
/// (<c>flock</c>), so that both keep out of each other's way. Goes with the process that holds it.
/// </summary>
public sealed class FileLock : IDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LastDelay = TimeSpan.FromMilliseconds(100);

    private readonly SafeHandle _handle;

    private FileLock(string path, FileLockMode mode, SafeHandle handle)
    {
        Path = path;
        Mode = mode;
        _handle = handle;
    }

    /// <summary>The file that is locked.</summary>
    public string Path { get; }

    /// <summary>How it is locked.</summary>
    public FileLockMode Mode { get; }

    /// <summary>Takes the lock if nobody is in the way, making the file if needed; null where somebody is.</summary>
    /// <exception cref="NixFileException">The file cannot be opened or made.</exception>
    public static FileLock? TryAcquire(string path, FileLockMode mode)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = FileTree.ToFullPath(path);
        SafeHandle? handle = LibC.IsAvailable ? LinuxLock.TryTake(path, mode) : TryOpenAlone(path);
        return handle is null ? null : new FileLock(path, mode, handle);
    }

    /// <summary>Takes the lock, waiting for others to let go of it.</summary>
    /// <param name="path">The file to lock; made if needed.</param>
    /// <param name="mode">Who else may hold it.</param>
    /// <param name="timeout">How long to wait; null waits for as long as it takes.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="NixFileException">The file cannot be opened or made, or others held it for the whole time.</exception>
    public static async Task<FileLock> AcquireAsync(
        string path,
        FileLockMode mode,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        var started = Stopwatch.GetTimestamp();
        var delay = FirstDelay;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAcquire(path, mode) is { } taken)
            {
                return taken;
            }

            if (timeout is { } limit && Stopwatch.GetElapsedTime(started) + delay > limit)
            {
                throw new NixFileException(
                    NixErrorCodes.StoreLocked,
                    $"{FileTree.ToFullPath(path)} is locked by another process, and was for {limit.TotalSeconds:0.#} seconds. Wait for it to end, or see who holds it with 'fuser'.",
                    FileTree.ToFullPath(path));
            }

            await Task.Delay(delay, cancellationToken).ConfigureAwait(false);
            delay = delay * 2 < LastDelay ? delay * 2 : LastDelay;
        }
    }

    /// <summary>Reads the file at <paramref name="path"/> while another process may hold its lock.</summary>
    internal static byte[] ReadWhileLocked(string path) => LibC.IsAvailable ? LinuxLock.Read(path) : [];

    /// <summary>Adds bytes to the file, which others may read while it is locked.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (_handle is FileDescriptor file)
        {
            LinuxLock.Append(Path, file, bytes);
        }
        else if (_handle is Microsoft.Win32.SafeHandles.SafeFileHandle managed)
        {
            RandomAccess.Write(managed, bytes, RandomAccess.GetLength(managed));
        }
    }

    /// <summary>Deletes the file and lets go of the lock. Those who wait for it find out and make the file again.</summary>
    public void DeleteAndDispose()
    {
        try
        {
            if (_handle is FileDescriptor file)
            {
                LinuxLock.Delete(Path, file);
            }
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Lets go of the lock.</summary>
    public void Dispose() => _handle.Dispose();

    private static Microsoft.Win32.SafeHandles.SafeFileHandle? TryOpenAlone(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        }
        catch (IOException error) when (error is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(path, error);
        }
    }
}
