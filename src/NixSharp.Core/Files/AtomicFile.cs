using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>
/// Writes whole files such that at any moment, a crash of the machine included, a reader finds the old contents or
/// the new ones.
/// </summary>
public static class AtomicFile
{
    /// <summary>Writes <paramref name="contents"/> to <paramref name="path"/>, in place of what is there.</summary>
    /// <exception cref="NixFileException">The file cannot be written; what was there is still there.</exception>
    public static Task WriteAsync(string path, ReadOnlyMemory<byte> contents, CancellationToken cancellationToken = default) =>
        WriteAsync(path, contents, null, cancellationToken);

    /// <summary>Writes a file that has a mode from its first byte on.</summary>
    internal static async Task WriteAsync(string path, ReadOnlyMemory<byte> contents, UnixFileMode? mode, CancellationToken cancellationToken)
    {
        var (target, temporary) = Prepare(path);
        try
        {
            var options = Options(FileOptions.Asynchronous);
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = mode;
            }

            var file = new FileStream(temporary, options);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(contents, cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            Replace(temporary, target);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(target, error);
        }
        finally
        {
            DeleteLeftover(temporary);
        }
    }

    /// <summary>Writes <paramref name="contents"/> to <paramref name="path"/>, unless it says the same already. The folders above it are made.</summary>
    /// <returns>Whether anything was written.</returns>
    /// <exception cref="NixFileException">The file cannot be written; what was there is still there.</exception>
    public static async Task<bool> WriteIfDifferentAsync(string path, ReadOnlyMemory<byte> contents, CancellationToken cancellationToken = default)
    {
        try
        {
            if (File.Exists(path) && new FileInfo(path).Length == contents.Length &&
                (await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false)).AsSpan().SequenceEqual(contents.Span))
            {
                return false;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(FileTree.ToFullPath(path))!);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(path, error);
        }

        await WriteAsync(path, contents, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Writes <paramref name="contents"/> to <paramref name="path"/>, in place of what is there.</summary>
    /// <exception cref="NixFileException">The file cannot be written; what was there is still there.</exception>
    public static void Write(string path, ReadOnlySpan<byte> contents)
    {
        var (target, temporary) = Prepare(path);
        try
        {
            using (var file = new FileStream(temporary, Options(FileOptions.None)))
            {
                file.Write(contents);
                file.Flush(flushToDisk: true);
            }

            Replace(temporary, target);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(target, error);
        }
        finally
        {
            DeleteLeftover(temporary);
        }
    }

    /// <summary>Makes <paramref name="path"/> a symlink to <paramref name="target"/>, in place of what is there.</summary>
    /// <exception cref="NixFileException">The symlink cannot be made; what was there is still there.</exception>
    public static void WriteSymlink(string path, string target)
    {
        var (link, temporary) = Prepare(path);
        try
        {
            File.CreateSymbolicLink(temporary, target);
            Replace(temporary, link);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(link, error);
        }
        finally
        {
            DeleteLeftover(temporary);
        }
    }

    /// <summary>Makes the names in a folder outlast a crash of the machine, where the system can.</summary>
    internal static void SyncFolder(string folder)
    {
        if (!LibC.IsAvailable)
        {
            return;
        }

        var number = LibC.OpenAt(LibC.CurrentFolder, FileNames.Terminate(folder), LibC.ReadOnly | LibC.Directory | LibC.CloseOnExec, 0);
        if (number < 0)
        {
            throw FileErrors.Writing(folder, Marshal.GetLastPInvokeError());
        }

        using var descriptor = new FileDescriptor(number);
        if (LibC.Sync(number) != 0 && Marshal.GetLastPInvokeError() is var errno && errno != Errno.InvalidArgument)
        {
            throw FileErrors.Writing(folder, errno);
        }
    }

    private static (string Target, string Temporary) Prepare(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var target = FileTree.ToFullPath(path);
        return (target, Path.Combine(Path.GetDirectoryName(target) ?? target, $".tmp-{Guid.NewGuid():N}"));
    }

    private static FileStreamOptions Options(FileOptions options) => new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        BufferSize = 0,
        Options = options,
    };

    private static void DeleteLeftover(string temporary)
    {
        if (FileTree.Exists(temporary))
        {
            File.Delete(temporary);
        }
    }

    private static void Replace(string temporary, string target)
    {
        if (LibC.IsAvailable)
        {
            // File.Move refuses symlinks that lead to folders.
            if (LibC.RenameAt(LibC.CurrentFolder, FileNames.Terminate(temporary), LibC.CurrentFolder, FileNames.Terminate(target), 0) != 0)
            {
                throw FileErrors.Writing(target, Marshal.GetLastPInvokeError());
            }
        }
        else if (Directory.Exists(temporary))
        {
            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(temporary, target);
        }
        else
        {
            File.Move(temporary, target, overwrite: true);
        }

        SyncFolder(Path.GetDirectoryName(target)!);
    }
}
