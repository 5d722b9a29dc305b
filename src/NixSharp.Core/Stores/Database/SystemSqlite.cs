using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace NixSharp.Stores.Database;

/// <summary>Binds SQLite to the library that the system brings, which its security updates reach.</summary>
internal static class SystemSqlite
{
    private static readonly Lazy<bool> Bound = new(Bind);
    private static IntPtr _library;

    private static string[] LibraryNames =>
        OperatingSystem.IsWindows() ? ["winsqlite3.dll"]
        : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib"]
        : ["libsqlite3.so.0", "libsqlite3.so"];

    /// <summary>Makes SQLite usable.</summary>
    /// <exception cref="NixStoreException">The library is missing.</exception>
    public static void EnsureLoaded() => _ = Bound.Value;

    private static bool Bind()
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        }
        catch (InvalidOperationException)
        {
            // The program has bound SQLite in its own way, which is then what is used here too.
        }

        try
        {
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            _ = raw.sqlite3_libversion_number();
            return true;
        }
        catch (DllNotFoundException error)
        {
            throw new NixStoreException(
                NixErrorCodes.StoreDatabase,
                $"SQLite, which keeps a store's database, was not found: looked for {string.Join(" and ", LibraryNames)}. Install it (Debian and Ubuntu: libsqlite3-0; Alpine: sqlite-libs; Fedora: sqlite-libs).",
                error);
        }
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        // Asked once for every function of SQLite, and each search of the disk takes its time.
        if (_library != IntPtr.Zero || NativeLibrary.TryLoad(name, assembly, searchPath, out _library))
        {
            return _library;
        }

        foreach (var candidate in LibraryNames)
        {
            if (NativeLibrary.TryLoad(candidate, out _library))
            {
                break;
            }
        }

        return _library;
    }
}
