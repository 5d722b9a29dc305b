using System.Runtime.InteropServices;

namespace NixSharp.Native;

/// <summary>The functions of libzstd that read and write streams and frames.</summary>
internal static unsafe partial class LibZstd
{
    public const int CompressionLevel = 100;
    public const int Checksum = 201;
    public const int Workers = 400;
    public const int MaxWindowLog = 100;

    public const int Continue = 0;
    public const int End = 2;

    private const string Library = SystemLibrary.ZstdName;

    [LibraryImport(Library, EntryPoint = "ZSTD_createDCtx")]
    public static partial nint CreateDecoder();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDCtx")]
    public static partial nuint FreeDecoder(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_DCtx_setParameter")]
    public static partial nuint SetDecoderParameter(nint context, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    public static partial nuint Decompress(nint context, ZstdBuffer* output, ZstdBuffer* input);

    [LibraryImport(Library, EntryPoint = "ZSTD_createCCtx")]
    public static partial nint CreateEncoder();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeCCtx")]
    public static partial nuint FreeEncoder(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_CCtx_setParameter")]
    public static partial nuint SetEncoderParameter(nint context, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressStream2")]
    public static partial nuint Compress(nint context, ZstdBuffer* output, ZstdBuffer* input, int directive);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    public static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_getErrorName")]
    private static partial nint GetErrorName(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_compress2")]
    public static partial nuint CompressFrame(nint context, byte* destination, nuint capacity, byte* source, nuint size);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressBound")]
    public static partial nuint Bound(nuint size);

    /// <summary>The library's version, such as <c>1.5.4</c>.</summary>
    public static string Version => Marshal.PtrToStringUTF8(GetVersion()) ?? "unknown";

    [LibraryImport(Library, EntryPoint = "ZSTD_versionString")]
    private static partial nint GetVersion();

    public static string Describe(nuint code) => Marshal.PtrToStringUTF8(GetErrorName(code)) ?? "unknown error";
}
