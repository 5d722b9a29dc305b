using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.Native;

namespace NixSharp.Stores.Optimising;

/// <summary>Replaces files of store objects by links to equal ones, as one of several threads.</summary>
internal sealed class FileLinker(StoreLayout layout, LinkPool pool) : IDisposable
{
    private const int Retries = 5;

    private static long _next;

    private readonly byte[] _links = Encoding.UTF8.GetBytes(StoreLinks.FolderOf(layout) + "/");
    private readonly FileNarHasher _hasher = new();
    private readonly FileComparer _comparer = new();

    /// <summary>Links a file with an equal one, or makes it the first of its kind.</summary>
    /// <returns>Whether its folder was changed.</returns>
    public bool Link(in StoreFile file)
    {
        if (Hash(file, _hasher) is not { } hash)
        {
            return false;
        }

        var name = PathOf(hash);
        for (var attempt = 0; attempt < Retries; attempt++)
        {
            if (LibC.StatX(LibC.CurrentFolder, name, LibC.SymlinkNoFollow, LibC.StatusBasics, out var first) != 0)
            {
                if (TryMakeFirst(file, name))
                {
                    return false;
                }
            }
            else if (first.Inode == file.Status.Inode)
            {
                pool.Add(first.Inode);
                return false;
            }
            else if (_comparer.AreEqual(file, name, first))
            {
                return Replace(file, name, first.Inode);
            }
            else
            {
                // A file in .links that is not what its name says was damaged, and would damage others.
                _ = LibC.UnlinkAt(LibC.CurrentFolder, name, 0);
            }
        }

        return false;
    }

    public void Dispose()
    {
        _hasher.Dispose();
        _comparer.Dispose();
    }

    /// <summary>The hash of the NAR of a file or symlink; null for something else, and what is gone or was changed meanwhile.</summary>
    public static NixHash? Hash(in StoreFile file, FileNarHasher hasher)
    {
        if (file.Status.Type == EntryType.Symlink)
        {
            Span<byte> target = stackalloc byte[FileNames.MaxTargetLength + 1];
            var length = LibC.ReadLinkAt(LibC.CurrentFolder, file.Path, target, target.Length);
            return length < 0 ? null : hasher.HashSymlink(target[..(int)length]);
        }

        if (file.Status.Type != EntryType.File)
        {
            return null;
        }

        var number = LibC.OpenAt(LibC.CurrentFolder, file.Path, LibC.ReadOnly | LibC.NoFollow | LibC.NonBlocking | LibC.CloseOnExec, 0);
        if (number < 0)
        {
            return Marshal.GetLastPInvokeError() == Errno.NotFound ? null : throw FileErrors.Reading(file.ToString(), Marshal.GetLastPInvokeError());
        }

        try
        {
            return hasher.HashFile(number, file.Status.IsOwnerExecutable, file.Status.Size, file.ToString);
        }
        finally
        {
            LibC.Close(number);
        }
    }

    private byte[] PathOf(NixHash hash)
    {
        var digits = Nix32.Encode(hash.Digest);
        var path = new byte[_links.Length + digits.Length + 1];
        _links.CopyTo(path, 0);
        Encoding.ASCII.GetBytes(digits, path.AsSpan(_links.Length));
        return path;
    }

    /// <summary>Puts a file into <c>.links</c>; false where another was faster.</summary>
    private bool TryMakeFirst(in StoreFile file, byte[] name)
    {
        if (LibC.LinkAt(LibC.CurrentFolder, file.Path, LibC.CurrentFolder, name, 0) == 0)
        {
            pool.Add(file.Status.Inode);
            return true;
        }

        switch (Marshal.GetLastPInvokeError())
        {
            case Errno.Exists:
                return false;
            case Errno.NotFound or Errno.TooManyLinks:
                return true;
            case Errno.NoSpace:
                // The index of a folder may be full although the disk is not.
                pool.Close();
                return true;
            case var errno:
                throw FileErrors.Writing(FileNames.Display(name.AsSpan(0, name.Length - 1)), errno);
        }
    }

    private bool Replace(in StoreFile file, byte[] name, ulong inode)
    {
        var number = Interlocked.Increment(ref _next);
        var temporary = FileNames.Terminate(Path.Combine(layout.RealStore, string.Create(CultureInfo.InvariantCulture, $".tmp-link-{Environment.ProcessId}-{number}")));
        if (LibC.LinkAt(LibC.CurrentFolder, name, LibC.CurrentFolder, temporary, 0) != 0)
        {
            return Marshal.GetLastPInvokeError() switch
            {
                Errno.TooManyLinks or Errno.NotFound => false,
                Errno.NoSpace => Stop(),
                var errno => throw FileErrors.Writing(file.ToString(), errno),
            };
        }

        // Nobody may have put another file in the place of the one that was compared.
        var isSame = LibC.StatX(LibC.CurrentFolder, temporary, LibC.SymlinkNoFollow, LibC.StatusBasics, out var linked) == 0 && linked.Inode == inode;
        if (!isSame)
        {
            _ = LibC.UnlinkAt(LibC.CurrentFolder, temporary, 0);
            return false;
        }

        if (Rename(temporary, file))
        {
            pool.Add(inode);
            pool.Count(file.Status);
            return true;
        }

        var failure = Marshal.GetLastPInvokeError();
        _ = LibC.UnlinkAt(LibC.CurrentFolder, temporary, 0);
        return failure switch
        {
            Errno.TooManyLinks or Errno.NotFound => false,
            Errno.NoSpace => Stop(),
            _ => throw FileErrors.Writing(file.ToString(), failure),
        };
    }

    private bool Stop()
    {
        pool.Close();
        return false;
    }

    private static bool Rename(byte[] temporary, in StoreFile file)
    {
        if (LibC.RenameAt(LibC.CurrentFolder, temporary, LibC.CurrentFolder, file.Path, 0) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == Errno.AccessDenied
            && file.Folder?.TryMakeWritable() == true
            && LibC.RenameAt(LibC.CurrentFolder, temporary, LibC.CurrentFolder, file.Path, 0) == 0;
    }
}
