using System.Runtime.InteropServices;
using System.Text;

namespace NixSharp.Benchmarks;

/// <summary>Links trees of files with nothing but the calls that this takes, on one thread: as fast as it gets without a store, a database and care.</summary>
internal static partial class BareLinks
{
    private const int CurrentFolder = -100;

    public static void Make(IEnumerable<string> sources, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var source in sources)
        {
            Make(source, Path.Combine(target, Path.GetFileName(source)));
        }
    }

    private static void Make(string source, string target)
    {
        Directory.CreateDirectory(target);
        var (from, to) = (Open(source), Open(target));
        try
        {
            foreach (var entry in new DirectoryInfo(source).EnumerateFileSystemInfos())
            {
                if (entry is DirectoryInfo && entry.LinkTarget is null)
                {
                    Make(entry.FullName, Path.Combine(target, entry.Name));
                }
                else
                {
                    var name = Encoding.UTF8.GetBytes(entry.Name + '\0');
                    Check(LinkAt(from, name, to, name, 0));
                }
            }
        }
        finally
        {
            _ = Close(from);
            _ = Close(to);
        }
    }

    private static int Open(string folder) => Check(OpenAt(CurrentFolder, Encoding.UTF8.GetBytes(folder + '\0'), 0, 0));

    private static int Check(int result) => result >= 0 ? result : throw new IOException(Marshal.GetLastPInvokeErrorMessage());

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenAt(int folder, ReadOnlySpan<byte> name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true)]
    private static partial int LinkAt(int folder, ReadOnlySpan<byte> name, int newFolder, ReadOnlySpan<byte> newName, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
