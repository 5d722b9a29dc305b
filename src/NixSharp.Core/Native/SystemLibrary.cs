using System.Reflection;
using System.Runtime.InteropServices;

namespace NixSharp.Native;

/// <summary>A C library that Nix itself links, and that the system brings, so that its security updates reach it.</summary>
/// <param name="Name">The name in <c>LibraryImport</c>.</param>
/// <param name="Purpose">What it is needed for.</param>
/// <param name="Linux">The file's name on Linux.</param>
/// <param name="MacOS">The file's name on macOS.</param>
/// <param name="Windows">The file's name on Windows.</param>
/// <param name="Package">The packages that bring it.</param>
internal sealed record SystemLibrary(string Name, string Purpose, string Linux, string MacOS, string Windows, string Package)
{
    public const string CryptoName = "nixsharp-crypto";
    public const string LzmaName = "nixsharp-lzma";
    public const string ZstdName = "nixsharp-zstd";

    public static readonly SystemLibrary Crypto = new(
        CryptoName,
        "OpenSSL 3, which makes and checks signatures,",
        "libcrypto.so.3",
        "libcrypto.3.dylib",
        "libcrypto-3-x64.dll",
        "Debian and Ubuntu: libssl3; Alpine: libcrypto3; Fedora: openssl-libs; Homebrew: openssl@3");

    public static readonly SystemLibrary Lzma = new(
        LzmaName,
        "liblzma, which xz is read and written with,",
        "liblzma.so.5",
        "liblzma.5.dylib",
        "liblzma.dll",
        "Debian and Ubuntu: liblzma5; Alpine: xz-libs; Fedora: xz-libs; Homebrew: xz");

    public static readonly SystemLibrary Zstd = new(
        ZstdName,
        "libzstd, which zstd is read and written with,",
        "libzstd.so.1",
        "libzstd.1.dylib",
        "libzstd.dll",
        "Debian and Ubuntu: libzstd1; Alpine: zstd-libs; Fedora: libzstd; Homebrew: zstd");

    private static readonly SystemLibrary[] All = [Crypto, Lzma, Zstd];

    // One assembly has one resolver, so that the libraries share it.
    private static readonly Lazy<bool> Registered = new(static () =>
    {
        NativeLibrary.SetDllImportResolver(typeof(SystemLibrary).Assembly, Resolve);
        return true;
    });

    private readonly Lock _lock = new();
    private IntPtr _handle;

    private string FileName => OperatingSystem.IsWindows() ? Windows : OperatingSystem.IsMacOS() ? MacOS : Linux;

    /// <summary>Makes the functions of the library usable.</summary>
    /// <exception cref="NixException">The library is missing.</exception>
    public void EnsureLoaded()
    {
        _ = Registered.Value;
        if (Load() == IntPtr.Zero)
        {
            throw new NixException(
                NixErrorCodes.SystemLibraryMissing,
                $"{Purpose} was not found: looked for {FileName}. Install it ({Package}).");
        }
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        Array.Find(All, library => library.Name == name)?.Load() ?? IntPtr.Zero;

    private IntPtr Load()
    {
        lock (_lock)
        {
            if (_handle == IntPtr.Zero && !NativeLibrary.TryLoad(FileName, typeof(SystemLibrary).Assembly, null, out _handle) && OperatingSystem.IsMacOS())
            {
                // Homebrew's libraries are outside of where macOS looks.
                _ = NativeLibrary.TryLoad(Path.Combine("/opt/homebrew/lib", FileName), out _handle)
                    || NativeLibrary.TryLoad(Path.Combine("/usr/local/lib", FileName), out _handle);
            }

            return _handle;
        }
    }
}
