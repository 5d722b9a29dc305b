using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>Turns what the operating system says into errors with a code, a path and advice.</summary>
internal static class FileErrors
{
    public static NixFileException Reading(string path, int errno) => errno switch
    {
        Errno.NotFound or Errno.NotDirectory => Missing(path),
        Errno.AccessDenied or Errno.NotPermitted => new(NixErrorCodes.SourceUnreadable, $"{path} cannot be read: {Describe(errno)}. Give this user the right to read it, or run as its owner.", path),
        _ => new(NixErrorCodes.SourceUnreadable, $"{path} cannot be read: {Describe(errno)}.", path),
    };

    public static NixFileException Reading(string path, Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => Missing(path, error),
        UnauthorizedAccessException => new(NixErrorCodes.SourceUnreadable, $"{path} cannot be read: permission denied. Give this user the right to read it, or run as its owner.", path, error),
        _ => new(NixErrorCodes.SourceUnreadable, $"{path} cannot be read: {Explain(error)}", path, error),
    };

    public static NixFileException Writing(string path, int errno) => errno switch
    {
        Errno.Exists => Occupied(path),
        _ => new(NixErrorCodes.StoreWriteFailed, $"{path} cannot be written: {Describe(errno)}. {Advise(errno)}", path) { IsOutOfSpace = IsOutOfSpace(errno) },
    };

    public static NixFileException Writing(string path, Exception error) =>
        new(NixErrorCodes.StoreWriteFailed, $"{path} cannot be written: {Explain(error)} Check the permissions and the free space there.", path, error)
        {
            IsOutOfSpace = IsOutOfSpace(error),
        };

    public static NixFileException Deleting(string path, int errno) =>
        new(NixErrorCodes.StoreWriteFailed, $"{path} cannot be deleted: {Describe(errno)}. {Advise(errno)}", path);

    public static NixFileException Deleting(string path, Exception error) =>
        new(NixErrorCodes.StoreWriteFailed, $"{path} cannot be deleted: {Explain(error)} Check who owns it and the folder that it is in.", path, error);

    public static NixFileException Occupied(string path) =>
        new(NixErrorCodes.StoreWriteFailed, $"{path} cannot be written, because something is there already. Delete it, or choose another place.", path);

    public static NixFileException Changed(string path, string how) =>
        new(NixErrorCodes.SourceChanged, $"{path} changed while it was being read: {how}. Try again when nothing writes to it.", path);

    public static NixFileException EndsEarly(string path, long missing) =>
        new(NixErrorCodes.SourceChanged, $"{path} cannot be written: its contents end {missing} bytes too early. Get the tree again from its source.", path);

    public static NixFileException Unsupported(string path, string kind) =>
        new(NixErrorCodes.UnsupportedFileType, $"{path} is {kind}; a store holds only files, folders and symlinks. Remove it, or leave it out.", path);

    /// <summary>Whether <paramref name="error"/> is one that .NET raises when a file can't be reached.</summary>
    public static bool IsFromSystem(Exception error) =>
        error is IOException or UnauthorizedAccessException or System.Security.SecurityException or NotSupportedException;

    /// <summary>The reason as a sentence. .NET ends some of its own with a path, and without a full stop.</summary>
    public static string Explain(Exception error) => error is IOException { HResult: > 0 and < 4096 }
        ? $"{Describe(error.HResult)}."
        : error.Message;

    /// <summary>Whether <paramref name="error"/> is .NET's for a disk that is full.</summary>
    public static bool IsOutOfSpace(Exception error) => error is IOException && IsOutOfSpace(error.HResult);

    public static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    private static bool IsOutOfSpace(int errno) => errno is Errno.NoSpace or Errno.QuotaExceeded;

    private static NixFileException Missing(string path, Exception? error = null) =>
        new(NixErrorCodes.SourceNotFound, $"{path} does not exist. Check the path, and that what makes it has run.", path, error);

    private static string Advise(int errno) => errno switch
    {
        Errno.NoSpace or Errno.QuotaExceeded => "Free some space, or raise the quota.",
        Errno.AccessDenied or Errno.NotPermitted => "Check who owns it and the folder that it is in.",
        Errno.ReadOnlyFileSystem => "Choose a place on a file system that can be written.",
        Errno.NotFound or Errno.NotDirectory => "Make the folder that it should be in first.",
        _ => "Check the disk and the system's log.",
    };
}
